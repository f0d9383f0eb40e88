import type { QueryPlan } from '@apollo/query-planner';
import type { Requirement } from './mend-supergraph.ts';

/** Puts what stands for required inputs in a plan back to what subgraphs know. */
export function mendPlan(plan: QueryPlan, requirements: ReadonlyMap<string, Requirement>): QueryPlan {
  if (requirements.size === 0) return plan;
  return plan;
}
