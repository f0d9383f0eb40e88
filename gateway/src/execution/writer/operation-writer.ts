import type { DocumentNode, FieldNode, GraphQLSchema } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { CanonicalDocument } from '../canonical/canonical-document.ts';
import { rootTypeOf } from '../canonical/document-parts.ts';
import type { Variables, WrittenResult } from '../prepared-operation.ts';
import type { TreeObject } from '../tree/response-tree.ts';
import type { TreeErrors } from '../tree/tree-errors.ts';
import { conditionVariables } from './condition-variables.ts';
import { introspect } from './introspection.ts';
import { createShapes, type ShapesByType } from './response-shape.ts';
import { writeResponse } from './write-response.ts';

/** Writes the responses of one operation. */
export type OperationWriter = (root: TreeObject, errors: TreeErrors, variables: Variables) => WrittenResult;

/** Options of {@link createOperationWriter}. */
export interface OperationWriterOptions {
  readonly schema: GraphQLSchema;
  /** The client's. */
  readonly document: DocumentNode;
  readonly canonical: CanonicalDocument;
  readonly denied: ReadonlySet<FieldNode>;
  readonly isInterfaceObject: (typeName: string) => boolean;
}

/** Outcomes of `@skip` and `@include` for which shapes are kept: who varies twenty variables mustn't fill the memory. */
const MAX_VARIANTS = 8;

/** Compiles the writer of one operation. Which fields a response has is worked out once per outcome of its conditions. */
export function createOperationWriter(options: OperationWriterOptions): OperationWriter {
  const { schema, document, canonical, denied, isInterfaceObject } = options;
  const { operation, fragments, names } = canonical;
  const conditions = conditionVariables(document);
  const rootType = rootTypeOf(schema, operation);
  const variants = new LRUCache<string, ShapesByType>({ max: MAX_VARIANTS });

  function variantFor(variables: Variables): ShapesByType {
    const key = conditions.map((name) => (variables[name] === true ? 1 : 0)).join('');
    const known = variants.get(key);
    if (known) return known;
    const chosen = Object.fromEntries(conditions.map((name) => [name, variables[name]]));
    const made = createShapes([operation.selectionSet], { schema, fragments, names, denied, conditions: chosen });
    variants.set(key, made);
    return made;
  }

  return (root, errors, variables) =>
    writeResponse({
      schema,
      rootType,
      shapes: variantFor(variables),
      root,
      errors,
      isInterfaceObject,
      introspect: (field) => introspect(field, { schema, document, operation, variables }),
    });
}
