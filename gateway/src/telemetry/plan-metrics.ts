import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** Figures about planning, for whoever keeps plans. */
export function createPlanMetrics(registry: Registry) {
  const registers = [registry];
  return {
    /** Operations looked up, by outcome: `hit`, `miss`, or `joined` for one that was being planned already. */
    lookups: new Counter({
      name: 'gateway_plan_cache_requests_total',
      help: 'Operations looked up among the plans, by outcome',
      labelNames: ['outcome'],
      registers,
    }),
    /** What the plans take in memory, as estimated where they are kept. */
    bytes: new Gauge({ name: 'gateway_plan_cache_bytes', help: 'Estimated size of the plans kept', registers }),
    /** How many plans are kept. */
    entries: new Gauge({ name: 'gateway_plan_cache_entries', help: 'Plans kept', registers }),
    /** Time from asking for a plan to having it, in seconds, by outcome: `planned`, `unplannable`, `timeout`. */
    planning: new Histogram({
      name: 'gateway_planning_duration_seconds',
      help: 'Duration of planning, by outcome',
      labelNames: ['outcome'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1],
      registers,
    }),
  };
}

/** What {@link createPlanMetrics} returns. */
export type PlanMetrics = ReturnType<typeof createPlanMetrics>;
