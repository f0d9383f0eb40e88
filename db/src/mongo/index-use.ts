import type { Document } from 'mongodb';

/** How the server would answer a query. */
export interface IndexUse {
  /** Names of the indexes it reads. On DocumentDB `_id_` without a bound on `_id` stands for reading everything. */
  readonly indexes: readonly string[];
  /** Whether it reads the collection from end to end. */
  readonly scansCollection: boolean;
  /** Whether it sorts what it read instead of reading in order. */
  readonly sortsInMemory: boolean;
}

function* stagesOf(plan: unknown): Generator<Document> {
  if (typeof plan !== 'object' || plan === null) return;
  if ('stage' in plan) yield plan as Document;
  for (const value of Object.values(plan)) {
    if (Array.isArray(value)) for (const item of value) yield* stagesOf(item);
    else yield* stagesOf(value);
  }
}

/**
 * Reads the answer of `explain()`, of MongoDB (its slot-based engine too) as of DocumentDB. For plan tests: fill the
 * collection with a few thousand documents first, as a planner rightly scans a small one.
 */
export function indexUseOf(explained: Document): IndexUse {
  const planner = (explained.queryPlanner ?? explained.stages?.[0]?.$cursor?.queryPlanner ?? {}) as Document;
  const stages = [...stagesOf(planner.winningPlan)];
  const named = stages.map((stage) => stage.indexName as string | undefined).filter((name) => name !== undefined);
  return {
    indexes: [...new Set(named)],
    scansCollection: stages.some((stage) => stage.stage === 'COLLSCAN'),
    sortsInMemory: stages.some((stage) => stage.stage === 'SORT'),
  };
}
