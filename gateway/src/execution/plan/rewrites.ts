import type { FetchDataRewrite } from '@apollo/query-planner';
import { isTreeObject, type TreeObject, type TypeRelations } from '../tree/response-tree.ts';

const FRAGMENT = '... on ';

/** The type that an element of a rewrite's path is about; undefined when it is a field. */
export const conditionOf = (element: string): string | undefined =>
  element.startsWith(FRAGMENT) ? element.slice(FRAGMENT.length) : undefined;

/** Response names that the planner made up for a fetch because of conflicts between types, and what they stand for. */
export function renamedKeys(rewrites: readonly FetchDataRewrite[] = []): Map<string, string> {
  return new Map(
    rewrites.flatMap((rewrite) =>
      rewrite.kind === 'KeyRenamer' ? [[rewrite.path.at(-1) ?? '', rewrite.renameKeyTo] as const] : [],
    ),
  );
}

function rewriteHere(object: TreeObject, key: string, rewrite: FetchDataRewrite): void {
  if (rewrite.kind === 'ValueSetter') {
    object[key] = rewrite.setValueTo;
    return;
  }
  if (object[key] === undefined) return;
  object[rewrite.renameKeyTo] = joined(object[rewrite.renameKeyTo], object[key]);
  delete object[key];
}

/** One value of two that a subgraph gave for one field under two names. Neither is written into. */
function joined(one: unknown, other: unknown): unknown {
  if (one === undefined || other === null) return other;
  if (Array.isArray(one) && Array.isArray(other)) return one.map((item, index) => joined(item, other[index]));
  if (!isTreeObject(one) || !isTreeObject(other)) return one;
  const both: TreeObject = { ...one };
  for (const key of Object.keys(other)) both[key] = joined(one[key], other[key]);
  return both;
}

function rewriteAt(
  value: unknown,
  path: readonly string[],
  index: number,
  rewrite: FetchDataRewrite,
  types: TypeRelations,
) {
  if (Array.isArray(value)) {
    for (const item of value) rewriteAt(item, path, index, rewrite, types);
    return;
  }
  if (!isTreeObject(value)) return;
  const element = path[index] ?? '';
  if (index === path.length - 1) {
    rewriteHere(value, element, rewrite);
    return;
  }
  const condition = conditionOf(element);
  if (condition === undefined) rewriteAt(value[element], path, index + 1, rewrite, types);
  else if (typeof value.__typename !== 'string' || types.isOfType(value.__typename, condition))
    rewriteAt(value, path, index + 1, rewrite, types);
}

/** Applies a fetch's output rewrites to what it answered, in place. */
export function applyRewrites(value: unknown, rewrites: readonly FetchDataRewrite[], types: TypeRelations): void {
  for (const rewrite of rewrites) rewriteAt(value, rewrite.path, 0, rewrite, types);
}
