import { type DirectiveNode, type InlineFragmentNode, Kind, type SelectionNode } from 'graphql';

/** Makes an inline fragment; without a condition when it is for the type around it. */
export const inlineFragment = (
  condition: string | undefined,
  directives: readonly DirectiveNode[] | undefined,
  selections: readonly SelectionNode[],
): InlineFragmentNode => ({
  kind: Kind.INLINE_FRAGMENT,
  ...(condition === undefined
    ? {}
    : { typeCondition: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: condition } } }),
  directives: directives ?? [],
  selectionSet: { kind: Kind.SELECTION_SET, selections },
});
