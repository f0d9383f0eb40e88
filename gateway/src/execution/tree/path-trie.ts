import type { PlanNode, ResponsePath } from '@apollo/query-planner';
import { isTreeObject, type TreeObject } from './response-tree.ts';
import type { TreeErrors } from './tree-errors.ts';

/**
 * Where a plan writes into objects: the paths that its fetches go to. Answers of subgraphs may be shared with others, so
 * that what lies on these paths is copied on receipt, and nothing else.
 */
export interface PathTrie {
  readonly children: ReadonlyMap<string, PathTrie>;
}

interface GrowingTrie extends PathTrie {
  readonly children: Map<string, GrowingTrie>;
}

/** The trie of a plan that writes nowhere. */
export const NOWHERE: PathTrie = { children: new Map() };

const createTrie = (): GrowingTrie => ({ children: new Map() });

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

/** Collects the paths of a plan. */
export function trieOf(plan: PlanNode | undefined): PathTrie {
  const root = createTrie();
  const collect = (node: PlanNode | undefined, at: GrowingTrie): void => {
    if (node?.kind === 'Sequence' || node?.kind === 'Parallel') for (const child of node.nodes) collect(child, at);
    else if (node?.kind === 'Flatten') collect(node.node, grow(at, node.path));
    else if (node?.kind === 'Condition') {
      collect(node.ifClause, at);
      collect(node.elseClause, at);
    }
  };
  collect(plan, root);
  return root;
}

/** The part of the trie below a path. */
export function trieAt(trie: PathTrie, path: ResponsePath): PathTrie {
  let at: PathTrie | undefined = trie;
  for (const element of path) if (typeof element === 'string' && element !== '@') at = at?.children.get(element);
  return at ?? NOWHERE;
}

/** A value whose objects and lists on the paths may be written into. */
export function ownAlong(value: unknown, trie: PathTrie): unknown {
  return copyAlong(value, trie, undefined);
}

/** The same for a part of a tree, with the errors that wait in it. */
export function copyAlong(value: unknown, trie: PathTrie, errors: TreeErrors | undefined): unknown {
  if (Array.isArray(value)) {
    const list: unknown[] = value.map((item) => copyAlong(item, trie, errors));
    errors?.copy(value, list);
    return list;
  }
  if (!isTreeObject(value)) return value;
  const own: TreeObject = { ...value };
  for (const [key, child] of trie.children) {
    const inside = own[key];
    if (typeof inside === 'object' && inside !== null) own[key] = copyAlong(inside, child, errors);
  }
  errors?.copy(value, own);
  return own;
}
