import { operationFromDocument, Supergraph } from '@apollo/federation-internals';
import { type PlanNode, QueryPlanner, type SubscriptionNode } from '@apollo/query-planner';
import type { DocumentNode } from 'graphql';

/** Names of the subgraphs that a plan calls, in order, one for each call. */
function callsOf(node: PlanNode | SubscriptionNode | undefined): string[] {
  switch (node?.kind) {
    case 'Fetch':
      return [node.serviceName];
    case 'Flatten':
      return callsOf(node.node);
    case 'Sequence':
    case 'Parallel':
      return node.nodes.flatMap(callsOf);
    case 'Subscription':
      return [...callsOf(node.primary), ...callsOf(node.rest)];
    case 'Condition':
      return [...callsOf(node.ifClause), ...callsOf(node.elseClause)];
    case 'Defer':
      return [...callsOf(node.primary.node), ...node.deferred.flatMap((part) => callsOf(part.node))];
    case undefined:
      return [];
    default:
      return node satisfies never;
  }
}

/** Plans operations over a supergraph and gives the subgraphs that are called for each, one name for each call. */
export function createCallPlanner(supergraphSdl: string): (document: DocumentNode) => string[] {
  const supergraph = Supergraph.build(supergraphSdl);
  const planner = new QueryPlanner(supergraph);
  return (document) => callsOf(planner.buildQueryPlan(operationFromDocument(supergraph.apiSchema(), document)).node);
}
