import type { FetchNode, PlanNode } from '@apollo/query-planner';

/** A plan in two parts, of which the second comes after the first. */
export interface DividedPlan {
  readonly shared: PlanNode | undefined;
  readonly own: PlanNode | undefined;
}

function wrap(kind: 'Sequence' | 'Parallel', parts: readonly (PlanNode | undefined)[]): PlanNode | undefined {
  const nodes = parts.filter((node) => node !== undefined);
  return nodes.length > 1 ? { kind, nodes } : nodes[0];
}

function divideSequence(nodes: readonly PlanNode[], isShared: (fetch: FetchNode) => boolean): DividedPlan {
  const divided = nodes.map((node) => dividePlan(node, isShared));
  const first = divided.findIndex(({ own }) => own !== undefined);
  if (first < 0) return { shared: wrap('Sequence', nodes), own: undefined };
  // What comes after something of a viewer's own may need it.
  return {
    shared: wrap('Sequence', [...nodes.slice(0, first), divided[first]?.shared]),
    own: wrap('Sequence', [divided[first]?.own, ...nodes.slice(first + 1)]),
  };
}

/** Divides a plan into what is the same for all and what is each viewer's own. */
export function dividePlan(node: PlanNode | undefined, isShared: (fetch: FetchNode) => boolean): DividedPlan {
  switch (node?.kind) {
    case undefined:
      return { shared: undefined, own: undefined };
    case 'Fetch':
      return isShared(node) ? { shared: node, own: undefined } : { shared: undefined, own: node };
    case 'Sequence':
      return divideSequence(node.nodes, isShared);
    case 'Parallel': {
      const divided = node.nodes.map((child) => dividePlan(child, isShared));
      const part = (name: 'shared' | 'own') =>
        wrap(
          'Parallel',
          divided.map((child) => child[name]),
        );
      return { shared: part('shared'), own: part('own') };
    }
    case 'Flatten': {
      const { shared, own } = dividePlan(node.node, isShared);
      const at = (inside: PlanNode | undefined) => inside && { ...node, node: inside };
      return { shared: at(shared), own: at(own) };
    }
    case 'Condition': {
      const parts = [dividePlan(node.ifClause, isShared), dividePlan(node.elseClause, isShared)];
      return parts.every(({ own }) => own === undefined)
        ? { shared: node, own: undefined }
        : { shared: undefined, own: node };
    }
    case 'Defer':
      throw new Error('the planner was not asked for @defer');
    default:
      return node satisfies never;
  }
}
