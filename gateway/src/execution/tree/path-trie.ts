import type { PlanNode, ResponsePath } from '@apollo/query-planner';
import { isTreeObject, type TreeObject } from './response-tree.ts';
import type { TreeErrors } from './tree-errors.ts';

/**
 * Where a plan writes into objects: the paths that its fetches go to. Answers of subgraphs may be shared with others, so
 * that what lies on these paths is copied on receipt, and nothing else.
 */
export interface PathTrie {
  /** Whether a fetch fills the objects here, and none asks what is above them. */
  readonly isTarget: boolean;
  readonly children: ReadonlyMap<string, PathTrie>;
}

interface GrowingTrie extends PathTrie {
  isTarget: boolean;
  readonly children: Map<string, GrowingTrie>;
}

/** The trie of a plan that writes nowhere. */
export const NOWHERE: PathTrie = { isTarget: false, children: new Map() };

const createTrie = (): GrowingTrie => ({ isTarget: false, children: new Map() });

function grow(trie: GrowingTrie, path: ResponsePath): GrowingTrie {
  let at = trie;
  for (const element of path) {
    // Lists are gone through wherever they are.
    if (typeof element !== 'string' || element === '@') continue;
    const child: GrowingTrie = at.children.get(element) ?? createTrie();
    at.children.set(element, child);
    at = child;
  }
  return at;
}

/** Whether fetches take inputs from above: then equal objects in two places are not the same. */
function usesContexts(node: PlanNode | undefined): boolean {
  if (node?.kind === 'Sequence' || node?.kind === 'Parallel') return node.nodes.some(usesContexts);
  if (node?.kind === 'Flatten') return usesContexts(node.node);
  if (node?.kind === 'Condition') return usesContexts(node.ifClause) || usesContexts(node.elseClause);
  return node?.kind === 'Fetch' && (node.contextRewrites ?? []).length > 0;
}

function forbidSharing(trie: GrowingTrie): void {
  trie.isTarget = false;
  for (const child of trie.children.values()) forbidSharing(child);
}

/** Collects the paths of a plan. */
export function trieOf(plan: PlanNode | undefined): PathTrie {
  const root = createTrie();
  const collect = (node: PlanNode | undefined, at: GrowingTrie): void => {
    if (node?.kind === 'Sequence' || node?.kind === 'Parallel') for (const child of node.nodes) collect(child, at);
    else if (node?.kind === 'Flatten') collect(node.node, grow(at, node.path));
    else if (node?.kind === 'Fetch') at.isTarget = at !== root;
    else if (node?.kind === 'Condition') {
      collect(node.ifClause, at);
      collect(node.elseClause, at);
    }
  };
  collect(plan, root);
  if (usesContexts(plan)) forbidSharing(root);
  return root;
}

/** The part of the trie below a path. */
export function trieAt(trie: PathTrie, path: ResponsePath): PathTrie {
  let at: PathTrie | undefined = trie;
  for (const element of path) if (typeof element === 'string' && element !== '@') at = at?.children.get(element);
  return at ?? NOWHERE;
}

/** Marks an object of a tree that may be in several places. */
export const SHARED: unique symbol = Symbol('shared');

/**
 * Makes one object of those that are equal at one path of an answer, as references to the same few entities come by the
 * hundred: what is fetched for one is fetched for all, merged once and written once.
 */
export interface Interner {
  /** The object that stands for a reference: one that was made before for an equal one, or what `make` makes. */
  intern(reference: TreeObject, trie: PathTrie, make: (reference: TreeObject) => TreeObject): TreeObject;
}

/** Fields beside `__typename` that a reference to an entity has, at the most. */
const MAX_KEYS = 3;

/** What tells a reference from others; undefined when the object is more than a reference. */
function referenceKey(object: TreeObject): string | undefined {
  let key = '';
  let count = 0;
  for (const name in object) {
    const value = object[name];
    count += 1;
    if (count > MAX_KEYS + 1 || (typeof value !== 'string' && typeof value !== 'number')) return undefined;
    key += `${name}:${typeof value === 'string' ? value.length : ''}${value} `;
  }
  return key;
}

/** Makes the interner of one answer: objects of different answers may have different histories. */
export function createInterner(): Interner {
  const known = new Map<PathTrie, Map<string, TreeObject>>();
  return {
    intern(reference, trie, make) {
      const key = referenceKey(reference);
      if (key === undefined) return make(reference);
      let objects = known.get(trie);
      if (!objects) {
        objects = new Map();
        known.set(trie, objects);
      }
      const same = objects.get(key);
      if (same) {
        (same as { [SHARED]?: true })[SHARED] = true;
        return same;
      }
      const object = make(reference);
      objects.set(key, object);
      return object;
    },
  };
}

/** A value whose objects and lists on the paths may be written into. */
export function ownAlong(value: unknown, trie: PathTrie, interner: Interner): unknown {
  if (Array.isArray(value)) return value.map((item) => ownAlong(item, trie, interner));
  if (!isTreeObject(value)) return value;
  if (trie.children.size === 0) return trie.isTarget ? interner.intern(value, trie, shallowCopy) : shallowCopy(value);
  const copy = (object: TreeObject) => ownInside(object, trie, interner);
  return trie.isTarget ? interner.intern(value, trie, copy) : copy(value);
}

const shallowCopy = (object: TreeObject): TreeObject => ({ ...object });

function ownInside(value: TreeObject, trie: PathTrie, interner: Interner): TreeObject {
  const own = { ...value };
  for (const [key, child] of trie.children) {
    const inside = own[key];
    if (typeof inside === 'object' && inside !== null) own[key] = ownAlong(inside, child, interner);
  }
  return own;
}

/** A part of a tree that may be written into without a trace in it, with the errors that wait in it. */
export function copyAlong(value: unknown, trie: PathTrie, errors: TreeErrors): unknown {
  if (Array.isArray(value)) {
    const list: unknown[] = value.map((item) => copyAlong(item, trie, errors));
    errors.copy(value, list);
    return list;
  }
  if (!isTreeObject(value)) return value;
  const own: TreeObject = { ...value };
  for (const [key, child] of trie.children) {
    const inside = own[key];
    if (typeof inside === 'object' && inside !== null) own[key] = copyAlong(inside, child, errors);
  }
  errors.copy(value, own);
  return own;
}
