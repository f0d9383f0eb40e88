import { NOWHERE, type PathTrie } from './path-trie.ts';
import type { Holder, TreeErrors } from './tree-errors.ts';

/** An object of the response tree: what subgraphs answered, merged, under canonical names. */
export type TreeObject = Record<string, unknown>;

/** Whether a value of the tree is an object with fields. */
export const isTreeObject = (value: unknown): value is TreeObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What a type is, among those of the supergraph. */
export interface TypeRelations {
  /** Whether an object of the type satisfies a type condition. */
  isOfType(typeName: string, condition: string): boolean;
  /** Whether it is the type of an object, not an interface that a subgraph knows as an object. */
  isConcrete(typeName: string): boolean;
}

/** Where values are merged. */
export interface MergeContext {
  readonly types: TypeRelations;
  readonly errors: TreeErrors;
}

/**
 * Merges what a subgraph answered into an object of the tree. Where subgraphs disagree about an object being there, `null`
 * wins: what is missing has an error, and half an object would hide it. A concrete type name is never replaced by that
 * of an interface, as a subgraph that knows the interface as an object answers with.
 *
 * @param target may be written into; of what is inside, only what is on the paths of the trie.
 */
export function mergeInto(target: TreeObject, source: TreeObject, trie: PathTrie, context: MergeContext): void {
  for (const key in source) {
    const value = source[key];
    const present = target[key];
    if (present === undefined) target[key] = value;
    else if (present === null || present === value) continue;
    else if (value === null) target[key] = null;
    else if (typeof value === 'object')
      mergeValue(ownChild(target, key, trie, context), value, trie.children.get(key) ?? NOWHERE, context);
    else if (key !== '__typename' || context.types.isConcrete(String(value))) target[key] = value;
  }
}

function mergeValue(present: unknown, value: object, trie: PathTrie, context: MergeContext): void {
  if (isTreeObject(present) && isTreeObject(value)) mergeInto(present, value, trie, context);
  if (!Array.isArray(value) || !Array.isArray(present)) return;
  for (let i = 0; i < value.length && i < present.length; i += 1) {
    if (present[i] === null || present[i] === value[i]) continue;
    if (value[i] === null) present[i] = null;
    else if (typeof value[i] === 'object') mergeValue(ownItem(present, i, trie, context), value[i], trie, context);
  }
}

/**
 * What is at a key, such that it may be written into. On the paths of a plan it was copied on receipt, and fetches under
 * way may hold it; elsewhere it may belong to others, and is copied now.
 */
export function ownChild(holder: TreeObject, key: string, trie: PathTrie, { errors }: MergeContext): unknown {
  if (trie.children.has(key)) return holder[key];
  holder[key] = copyOf(holder[key], errors);
  return holder[key];
}

/** The same for an item of a list that may be written into. */
export function ownItem(list: unknown[], index: number, trie: PathTrie, { errors }: MergeContext): unknown {
  if (trie !== NOWHERE) return list[index];
  list[index] = copyOf(list[index], errors);
  return list[index];
}

function copyOf(value: unknown, errors: TreeErrors): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const copy = Array.isArray(value) ? [...value] : { ...value };
  errors.copy(value as Holder, copy as Holder);
  return copy;
}
