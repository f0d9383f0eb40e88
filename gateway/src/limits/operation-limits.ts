import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValidationRule,
} from 'graphql';
import type { OperationLimits } from '../config.ts';
import { OperationLimitError } from '../errors/gateway-errors.ts';

/** What an operation costs once its fragments are spread. */
interface Size {
  readonly depth: number;
  readonly aliases: number;
  readonly fields: number;
  readonly rootFields: number;
}

const NOTHING: Size = { depth: 0, aliases: 0, fields: 0, rootFields: 0 };

/** Side by side: depths don't add up, everything else does. Far beyond any limit, additions of doubles stay exact enough. */
const beside = (a: Size, b: Size): Size => ({
  depth: Math.max(a.depth, b.depth),
  aliases: a.aliases + b.aliases,
  fields: a.fields + b.fields,
  rootFields: a.rootFields + b.rootFields,
});

const isIntrospection = (name: string) => name === '__schema' || name === '__type';

/**
 * Measures without unfolding: each fragment is measured once, so a document whose fragments double at every level costs
 * as much as its text is long. Introspection is answered by the gateway itself and isn't counted.
 */
function createMeter(fragments: ReadonlyMap<string, FragmentDefinitionNode>) {
  const measured = new Map<string, Size>();

  function fragmentSize(name: string): Size {
    const known = measured.get(name);
    if (known) return known;
    // A fragment that spreads itself is counted as nothing here; validation refuses it.
    measured.set(name, NOTHING);
    const fragment = fragments.get(name);
    const size = fragment ? sizeOf(fragment.selectionSet) : NOTHING;
    measured.set(name, size);
    return size;
  }

  function sizeOf(set: SelectionSetNode): Size {
    let size = NOTHING;
    for (const selection of set.selections) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) size = beside(size, fragmentSize(selection.name.value));
      else if (selection.kind === Kind.INLINE_FRAGMENT) size = beside(size, sizeOf(selection.selectionSet));
      else if (!isIntrospection(selection.name.value)) {
        const inner = selection.selectionSet ? sizeOf(selection.selectionSet) : NOTHING;
        size = beside(size, {
          depth: inner.depth + 1,
          aliases: inner.aliases + (selection.alias ? 1 : 0),
          fields: inner.fields + 1,
          rootFields: 1,
        });
      }
    }
    return size;
  }

  return (operation: OperationDefinitionNode) => sizeOf(operation.selectionSet);
}

/** The first limit that an operation of the document exceeds, if one does. */
export function findExceededLimit(document: DocumentNode, limits: OperationLimits): OperationLimitError | undefined {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions) {
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  }
  const measure = createMeter(fragments);
  for (const node of document.definitions) {
    if (node.kind !== Kind.OPERATION_DEFINITION) continue;
    const size = measure(node);
    for (const limit of ['depth', 'rootFields', 'aliases', 'fields'] as const) {
      if (size[limit] > limits[limit]) return new OperationLimitError(limit, limits[limit], size[limit]);
    }
  }
  return undefined;
}

/** The limits as a validation rule. It judges the document as a whole when it is set up, and visits nothing. */
export const operationLimitsRule =
  (limits: OperationLimits): ValidationRule =>
  (context) => {
    const exceeded = findExceededLimit(context.getDocument(), limits);
    if (exceeded) context.reportError(new GraphQLError(exceeded.message, { originalError: exceeded }));
    return {};
  };
