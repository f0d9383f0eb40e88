import type { Registry } from 'prom-client';
import type { Cache } from '../cache/cache.ts';
import { createCache } from '../cache/redis-cache.ts';
import type { SubgraphConfig } from '../config/environment.ts';
import type { EventBus } from '../event-bus/event-bus.ts';
import { createRedisEventBus } from '../event-bus/redis-event-bus.ts';
import { createNonceGuard, type NonceGuard } from '../identity/nonce-guard.ts';
import type { Component } from '../lifecycle/component.ts';
import type { LiveTopics } from '../live/live-topics.ts';
import { createRedisLiveTopics } from '../live/redis-live-topics.ts';
import { createLogger, type Logger } from '../logging/logger.ts';
import { closeRedis, createRedis, isRedisReady, type RedisClient, waitForRedis } from '../redis/create-redis.ts';
import { createScheduler } from '../scheduler/redis-scheduler.ts';
import type { Scheduler } from '../scheduler/scheduler.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { createTracing } from '../telemetry/tracing/create-tracing.ts';

/** How long a start waits for Redis, in milliseconds, before it goes on without: reads and writes work all the same. */
const REDIS_PATIENCE_MS = 2_000;

/** What every subgraph stands on, made once a process. */
export interface Platform {
  readonly log: Logger;
  readonly metrics: Registry;
  /** For the kit's parts and for repositories that keep something in Redis. */
  readonly redis: RedisClient;
  readonly bus: EventBus;
  readonly live: LiveTopics;
  readonly scheduler: Scheduler;
  readonly nonces: NonceGuard;
  /** A cache of one kind of value, kept for `ttlSeconds`. */
  cache<Value>(name: string, ttlSeconds: number): Cache<Value>;
  /** The parts that start before the subgraph's and stop after them; the scheduler runs only while those do. */
  readonly components: readonly Component[];
}

/** Makes the platform of a service. Nothing connects before the components are started, save Redis in the background. */
export function createPlatform(name: string, config: SubgraphConfig): Platform {
  const { redisUrl, redisNamespace: namespace } = config;
  const tracing = config.tracing ? [createTracing(name, config.tracing)] : [];
  const log = createLogger({ service: name, level: config.logLevel, format: config.logFormat });
  const metrics = createMetrics(name);
  const redis = createRedis(redisUrl, { name, log });
  const bus = createRedisEventBus({ url: redisUrl, namespace, name, log, metrics });
  const live = createRedisLiveTopics({ url: redisUrl, redis, namespace, name, log, metrics });
  const scheduler = createScheduler({ redis, namespace, log, metrics });
  const connection: Component = {
    name: 'redis',
    start: async () => void (await waitForRedis(redis, REDIS_PATIENCE_MS)),
    stop: () => closeRedis(redis),
    check: async () => {
      if (!isRedisReady(redis)) throw new Error('away: live updates pause, reads and writes go on');
    },
  };
  const events: Component = { name: 'event bus', start: async () => undefined, stop: () => bus.close() };
  return {
    log,
    metrics,
    redis,
    bus,
    live,
    scheduler,
    nonces: createNonceGuard({ redis, namespace, log }),
    cache: (cacheName, ttlSeconds) => createCache({ redis, namespace, name: cacheName, ttlSeconds, log, metrics }),
    components: [...tracing, connection, live, events],
  };
}
