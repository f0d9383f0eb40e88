import type { DocumentNode, FieldNode, GraphQLError, GraphQLSchema } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { CanonicalDocument } from '../canonical/canonical-document.ts';
import { rootTypeOf } from '../canonical/document-parts.ts';
import type { Variables, WrittenResult } from '../prepared-operation.ts';
import type { TreeObject } from '../tree/response-tree.ts';
import type { TreeErrors } from '../tree/tree-errors.ts';
import { conditionVariables } from './condition-variables.ts';
import { createFastWriter, type FastWriter } from './fast-writer.ts';
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

/** One outcome of the conditions. Code is made for what is used again; an operation that comes once isn't worth it. */
interface Variant {
  readonly shapes: ShapesByType;
  readonly fast: FastWriter;
  uses: number;
}

/** Outcomes of `@skip` and `@include` for which shapes are kept: who varies twenty variables mustn't fill the memory. */
const MAX_VARIANTS = 8;

/** Compiles the writer of one operation. Which fields a response has is worked out once per outcome of its conditions. */
export function createOperationWriter(options: OperationWriterOptions): OperationWriter {
  const { schema, document, canonical, denied, isInterfaceObject } = options;
  const { operation, fragments, names } = canonical;
  const conditions = conditionVariables(document);
  const rootType = rootTypeOf(schema, operation);
  const variants = new LRUCache<string, Variant>({ max: MAX_VARIANTS });

  function variantFor(variables: Variables): Variant {
    const key = conditions.map((name) => (variables[name] === true ? 1 : 0)).join('');
    const known = variants.get(key);
    if (known) return known;
    const chosen = Object.fromEntries(conditions.map((name) => [name, variables[name]]));
    const shapes = createShapes([operation.selectionSet], { schema, fragments, names, denied, conditions: chosen });
    const made = { shapes, uses: 0, fast: createFastWriter(schema, shapes, rootType.name, isInterfaceObject) };
    variants.set(key, made);
    return made;
  }

  return (root, errors, variables) => {
    const variant = variantFor(variables);
    variant.uses += 1;
    const data = errors.isEmpty && variant.uses > 1 ? variant.fast.write(root) : undefined;
    if (data !== undefined) return { data, errors: NO_ERRORS };
    return writeResponse({
      schema,
      rootType,
      shapes: variant.shapes,
      root,
      errors,
      isInterfaceObject,
      introspect: (field) => introspect(field, { schema, document, operation, variables }),
    });
  };
}

const NO_ERRORS: readonly GraphQLError[] = [];
