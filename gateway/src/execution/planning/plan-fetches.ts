import type { FetchNode, PlanNode } from '@apollo/query-planner';

/** A fetch of a plan, with the path at which its objects are. */
export interface PlacedFetch {
  readonly fetch: FetchNode;
  readonly path: readonly string[];
}

/** What a fetch becomes; its own node to leave it as it is. The node stands at the root of the plan if it has a path. */
export type ReplaceFetch = (placed: PlacedFetch) => PlanNode;

/**
 * Replaces fetches of a plan. A fetch that stays one stays where it is; other nodes take the place of the fetch with the
 * path around it, so that they say themselves at which paths they are.
 */
export function replaceFetches(node: PlanNode, replace: ReplaceFetch, path: readonly string[] = []): PlanNode {
  switch (node.kind) {
    case 'Sequence':
    case 'Parallel':
      return { ...node, nodes: node.nodes.map((child) => replaceFetches(child, replace, path)) };
    case 'Flatten': {
      const inner = replaceFetches(node.node, replace, [...path, ...node.path.map(String)]);
      return inner.kind === 'Fetch' || node.node.kind !== 'Fetch' ? { ...node, node: inner } : inner;
    }
    case 'Condition':
      return {
        ...node,
        ...(node.ifClause ? { ifClause: replaceFetches(node.ifClause, replace, path) } : {}),
        ...(node.elseClause ? { elseClause: replaceFetches(node.elseClause, replace, path) } : {}),
      };
    case 'Fetch':
      return replace({ fetch: node, path });
    case 'Defer':
      return node;
    default:
      return node satisfies never;
  }
}
