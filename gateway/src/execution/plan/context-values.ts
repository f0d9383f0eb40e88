import type { ResponsePath } from '@apollo/query-planner';
import { isTreeObject, type TreeObject, type TypeRelations } from '../tree/response-tree.ts';
import { conditionOf } from './rewrites.ts';

/** An object with the objects that it lies in, from the root on. */
export interface Placed {
  readonly object: TreeObject;
  readonly above: readonly TreeObject[];
}

/** The objects at a path, with those above them: one object in two places comes twice. */
export function placedAt(
  value: unknown,
  path: ResponsePath,
  above: readonly TreeObject[] = [],
  index = 0,
): readonly Placed[] {
  if (Array.isArray(value)) {
    const next = path[index] === '@' ? index + 1 : index;
    return value.flatMap((item) => placedAt(item, path, above, next));
  }
  if (!isTreeObject(value)) return [];
  const element = path[index];
  if (element === undefined) return [{ object: value, above }];
  if (element === '@') return placedAt(value, path, above, index + 1);
  return placedAt(value[element], path, [...above, value], index + 1);
}

function valueAt(object: TreeObject, path: readonly string[], types: TypeRelations): unknown {
  const [element, ...rest] = path;
  if (element === undefined) return object;
  const condition = conditionOf(element);
  if (condition !== undefined) {
    return types.isOfType(String(object.__typename), condition) ? valueAt(object, rest, types) : undefined;
  }
  const value = object[element];
  return rest.length > 0 && isTreeObject(value) ? valueAt(value, rest, types) : value;
}

/**
 * The value that an argument takes from an object above, as JSON text; empty when there is none.
 *
 * @param alternatives paths, one for each type that may give it: `..` goes to the object above.
 */
export function contextValue(
  { object, above }: Placed,
  alternatives: readonly (readonly string[])[],
  types: TypeRelations,
): string {
  for (const path of alternatives) {
    const ups = path.filter((element) => element === '..').length;
    const from = ups === 0 ? object : above[above.length - ups];
    const value = from && valueAt(from, path.slice(ups), types);
    if (value !== undefined) return JSON.stringify(value);
  }
  return '';
}
