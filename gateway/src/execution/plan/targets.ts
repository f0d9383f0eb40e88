import type { ResponsePath } from '@apollo/query-planner';
import { isTreeObject, type TreeObject } from '../tree/response-tree.ts';

function collect(value: unknown, path: ResponsePath, index: number, into: Set<TreeObject>): void {
  if (Array.isArray(value)) {
    const next = path[index] === '@' ? index + 1 : index;
    for (const item of value) collect(item, path, next, into);
    return;
  }
  if (!isTreeObject(value)) return;
  const element = path[index];
  if (element === undefined) into.add(value);
  else if (element === '@') collect(value, path, index + 1, into);
  else collect(value[element], path, index + 1, into);
}

/** The objects at a path of a plan, each once though it may be in several places. */
export function targetsAt(root: TreeObject, path: ResponsePath): Set<TreeObject> {
  const found = new Set<TreeObject>();
  collect(root, path, 0, found);
  return found;
}
