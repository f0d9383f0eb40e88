import {
  type Component,
  closeRedis,
  createEventFollower,
  createRedis,
  type EventFollower,
  isRedisReady,
  type Logger,
  withNamespace,
} from '@postbook/service-kit/edge';
import type { EntityCacheMetrics } from '../../telemetry/entity-cache-metrics.ts';
import type { SubgraphCallToSend, SubgraphTransport } from '../subgraph-transport.ts';
import { type CachedGraph, createPolicyReader } from './cache-policies.ts';
import { createCachingTransport } from './caching-transport.ts';
import { createEntityStore, type EntityStore } from './entity-store.ts';
import { INVALIDATING_TYPES, type InvalidatingType, tagsOf } from './entity-tags.ts';
import { createOwnChanges } from './own-changes.ts';

/** How the cache is set up. */
export interface EntityCacheConfig {
  readonly redisUrl: string;
  readonly redisNamespace: string;
  /** Bytes of values in this process's memory. */
  readonly memoryBytes: number;
  /** Milliseconds that a call waits for Redis at the most. Default 250: a subgraph that is asked answers sooner. */
  readonly patienceMs?: number;
}

/** Options of {@link createEntityCache}. */
export interface EntityCacheParts {
  readonly next: SubgraphTransport;
  /** Asked at every call. */
  readonly current: () => CachedGraph;
  readonly variantOf: (call: SubgraphCallToSend) => string;
  readonly metrics: EntityCacheMetrics;
  readonly log: Logger;
}

/** The cache, and what keeps it right. */
export interface EntityCache extends Component {
  readonly transport: SubgraphTransport;
  /** Whether entities that this fetch asks for are kept: then it is better sent on its own than merged with others. */
  isKept(query: string): boolean;
}

/** See {@link EntityCacheConfig.patienceMs}. */
const PATIENCE_MS = 250;

type Follow = (store: EntityStore) => EventFollower;

/**
 * Follows the events. The place in each stream is written to Redis, so that a process that starts drops what changed while
 * none was running; without a place there is nothing that could be outdated.
 */
function createFollow(
  config: EntityCacheConfig,
  redis: ReturnType<typeof createRedis>,
  parts: EntityCacheParts,
): Follow {
  const keys = withNamespace(config.redisNamespace);
  const placeKey = (domain: string) => keys.key('entity-place', domain);
  return (store) =>
    createEventFollower<InvalidatingType>({
      url: config.redisUrl,
      namespace: config.redisNamespace,
      name: 'gateway-entity-cache',
      log: parts.log,
      types: INVALIDATING_TYPES,
      startAt: async (domain) => (await redis.get(placeKey(domain))) ?? '$',
      async onEvents(events, domain, position) {
        const tags = [...new Set(events.flatMap(tagsOf))];
        await store.invalidate(tags);
        for (const tag of tags) parts.metrics.invalidations.inc({ type: tag.slice(0, tag.indexOf(':')) });
        await redis.set(placeKey(domain), position);
      },
    });
}

/** Puts the entity cache together. Without Redis, and without the events, it finds and keeps nothing. */
export function createEntityCache(config: EntityCacheConfig, parts: EntityCacheParts): EntityCache {
  const { next, current, variantOf, metrics, log } = parts;
  const redis = createRedis(config.redisUrl, {
    name: 'gateway:entity-cache',
    log,
    commandTimeoutMs: config.patienceMs ?? PATIENCE_MS,
  });
  const store = createEntityStore({
    redis,
    keys: withNamespace(config.redisNamespace),
    memoryBytes: config.memoryBytes,
    log,
  });
  const follower = createFollow(config, redis, parts)(store);
  const policies = createPolicyReader(current);
  return {
    name: 'entity cache',
    transport: createCachingTransport({
      next,
      store,
      policies,
      isFollowing: () => follower.isCaughtUp(),
      ownChanges: createOwnChanges(),
      variantOf,
      metrics,
    }),
    isKept: (query) => policies()?.policyOf(query) !== undefined,
    start: () => follower.start(),
    async stop() {
      await follower.stop();
      await closeRedis(redis);
    },
    async check() {
      if (!isRedisReady(redis)) throw new Error('Redis is away: nothing is kept');
      await follower.check?.();
    },
  };
}
