import { Kind, type SelectionSetNode } from 'graphql';
import { NOWHERE, type PathTrie } from '../tree/path-trie.ts';
import { isTreeObject, type MergeContext, ownChild, ownItem, type TreeObject } from '../tree/response-tree.ts';
import type { TreeError } from '../tree/tree-errors.ts';

/** What a fetch puts into the tree. */
export type FetchOutput =
  | { readonly kind: 'field'; readonly key: string; readonly outputs: readonly FetchOutput[] | undefined }
  | { readonly kind: 'fragment'; readonly condition: string | undefined; readonly outputs: readonly FetchOutput[] };

/**
 * Reads from a fetch's selection what it fills.
 *
 * @param renamed response names that are renamed on receipt, and to what.
 */
export function fetchOutputs(set: SelectionSetNode, renamed: ReadonlyMap<string, string>): FetchOutput[] {
  return set.selections.map((selection): FetchOutput => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) throw new Error('fetches are planned without named fragments');
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      const outputs = fetchOutputs(selection.selectionSet, renamed);
      return { kind: 'fragment', condition: selection.typeCondition?.name.value, outputs };
    }
    const name = (selection.alias ?? selection.name).value;
    const outputs = selection.selectionSet && fetchOutputs(selection.selectionSet, renamed);
    return { kind: 'field', key: renamed.get(name) ?? name, outputs };
  });
}

/**
 * Puts `null` where a fetch that gave nothing should have put something, with the errors that say why. Without errors
 * the `null` is an answer: there is no such entity.
 */
export function fillMissing(
  target: TreeObject,
  outputs: readonly FetchOutput[],
  why: readonly TreeError[],
  trie: PathTrie,
  context: MergeContext,
): void {
  for (const output of outputs) {
    if (output.kind === 'fragment') {
      const { condition } = output;
      const typeName = target.__typename;
      const isFor =
        condition === undefined || typeof typeName !== 'string' || context.types.isOfType(typeName, condition);
      if (isFor) fillMissing(target, output.outputs, why, trie, context);
      continue;
    }
    if (output.key === '__typename') continue;
    const value = target[output.key];
    if (value === undefined) {
      // An error that is there already says more.
      const isTold = !context.errors.isEmpty && context.errors.at(target, output.key).length > 0;
      target[output.key] = null;
      if (!isTold) for (const error of why) context.errors.add(target, output.key, error);
    } else if (output.outputs && typeof value === 'object' && value !== null) {
      const inside = ownChild(target, output.key, trie, context);
      fillInside(inside, output.outputs, why, trie.children.get(output.key) ?? NOWHERE, context);
    }
  }
}

function fillInside(
  value: unknown,
  outputs: readonly FetchOutput[],
  why: readonly TreeError[],
  trie: PathTrie,
  context: MergeContext,
): void {
  if (isTreeObject(value)) fillMissing(value, outputs, why, trie, context);
  if (!Array.isArray(value)) return;
  value.forEach((_item, index) => {
    fillInside(ownItem(value, index, trie, context), outputs, why, trie, context);
  });
}
