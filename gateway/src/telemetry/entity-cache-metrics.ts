import { Counter, type Registry } from 'prom-client';

/** Figures about the entity cache. */
export function createEntityCacheMetrics(registry: Registry) {
  const registers = [registry];
  return {
    /** Entities that may be kept and were asked for: found (`hit`), not (`miss`), or Redis was away (`away`). */
    requests: new Counter({
      name: 'gateway_entity_cache_requests_total',
      help: 'Cacheable entities asked for, by outcome',
      labelNames: ['subgraph', 'outcome'],
      registers,
    }),
    /** Entities that an event invalidated, whether kept or not. */
    invalidations: new Counter({
      name: 'gateway_entity_cache_invalidations_total',
      help: 'Entities invalidated by events',
      labelNames: ['type'],
      registers,
    }),
  };
}

/** What {@link createEntityCacheMetrics} returns. */
export type EntityCacheMetrics = ReturnType<typeof createEntityCacheMetrics>;
