import { type DocumentNode, Kind, parse, print, type SelectionNode, type SelectionSetNode, visit } from 'graphql';

const TYPENAME: SelectionNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

const asksTypename = ({ selections }: SelectionSetNode) =>
  selections.some((selection) => selection.kind === Kind.FIELD && selection.name.value === '__typename');

/** The document as clients with a normalised cache send it: with `__typename` in every selection but the root's. */
export function asSent(document: DocumentNode): DocumentNode {
  return visit(document, {
    SelectionSet(node, _key, parent) {
      const isRoot = parent && 'kind' in parent && parent.kind === Kind.OPERATION_DEFINITION;
      if (isRoot || asksTypename(node)) return undefined;
      return { ...node, selections: [...node.selections, TYPENAME] };
    },
  });
}

/** Whether a document has at most so many tokens, as the gateway's parser counts them. */
export function fitsTokens(document: DocumentNode, maxTokens: number): boolean {
  try {
    parse(print(document), { maxTokens });
    return true;
  } catch {
    return false;
  }
}
