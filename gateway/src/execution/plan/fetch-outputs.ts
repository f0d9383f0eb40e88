import { Kind, type SelectionSetNode } from 'graphql';
import { isTreeObject, type TreeObject, type TypeRelations } from '../tree/response-tree.ts';
import type { TreeError, TreeErrors } from '../tree/tree-errors.ts';

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

/** Where {@link fillMissing} works. */
export interface FillContext {
  readonly errors: TreeErrors;
  readonly types: TypeRelations;
}

/**
 * Puts `null` where a fetch that gave nothing should have put something, with the errors that say why. Without errors
 * the `null` is an answer: there is no such entity.
 */
export function fillMissing(
  target: TreeObject,
  outputs: readonly FetchOutput[],
  why: readonly TreeError[],
  context: FillContext,
): void {
  for (const output of outputs) {
    if (output.kind === 'fragment') {
      const { condition } = output;
      const typeName = target.__typename;
      const isFor =
        condition === undefined || typeof typeName !== 'string' || context.types.isOfType(typeName, condition);
      if (isFor) fillMissing(target, output.outputs, why, context);
      continue;
    }
    if (output.key === '__typename') continue;
    const value = target[output.key];
    if (value === undefined) {
      target[output.key] = null;
      for (const error of why) context.errors.add(target, output.key, error);
    } else if (output.outputs) fillInside(value, output.outputs, why, context);
  }
}

function fillInside(value: unknown, outputs: readonly FetchOutput[], why: readonly TreeError[], context: FillContext) {
  if (Array.isArray(value)) for (const item of value) fillInside(item, outputs, why, context);
  else if (isTreeObject(value)) fillMissing(value, outputs, why, context);
}
