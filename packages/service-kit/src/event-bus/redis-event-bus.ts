import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { type AnyEvent, EVENT_DOMAINS, type EventDomain, type EventType, ownerOf } from '@postbook/events';
import type { Registry } from 'prom-client';
import type { Logger } from '../logging/logger.ts';
import { closeRedis, createBlockingRedis, createRedis, type RedisClient } from '../redis/create-redis.ts';
import { withNamespace } from '../redis/key-space.ts';
import { createEventBusMetrics } from './consumer-metrics.ts';
import type { ConsumeOptions, EventBus, EventConsumer } from './event-bus.ts';
import { streamBacklog } from './redis-backlog.ts';
import { createDeadLetters } from './redis-dead-letters.ts';
import type { GroupMember } from './redis-entry-handler.ts';
import { startGroupReader } from './redis-group-reader.ts';
import { epochKey, streamKeys } from './redis-stream-keys.ts';
import { trimStream } from './redis-stream-trim.ts';
import { retryDelayMs } from './retry-delay.ts';
import { isTransientError } from './transient-error.ts';

/** How often a publisher trims a domain's stream. */
const TRIM_EVERY_MS = 60_000;

/** Options of {@link createRedisEventBus}. */
export interface RedisEventBusOptions {
  readonly url: string;
  /** `redisNamespace` of the configuration. */
  readonly namespace: string;
  /** The process's name, for connection and member names. */
  readonly name: string;
  readonly log: Logger;
  readonly metrics?: Registry;
}

const byDomain = (events: readonly AnyEvent[]): Map<EventDomain, AnyEvent[]> =>
  Map.groupBy(events, (event) => ownerOf(event.type));

/** A setting's value in the reply of INFO. */
const infoValue = (info: string, name: string): string => info.match(new RegExp(`^${name}:(.*?)\\r?$`, 'm'))?.[1] ?? '';

/** Takes all events of a domain or none; throws the first refusal. */
async function append(redis: RedisClient, stream: string, events: readonly AnyEvent[]): Promise<void> {
  const transaction = redis.multi();
  for (const event of events) transaction.xadd(stream, '*', 'type', event.type, 'event', JSON.stringify(event));
  const results = await transaction.exec();
  if (!results) throw new Error('Redis refused the events');
  for (const [error] of results) if (error) throw error;
}

/**
 * The event bus over Redis Streams: one stream per domain, one consumer group per group. An acknowledged entry is kept
 * for a day for groups that join later; one that some group has not acknowledged is never removed.
 */
export function createRedisEventBus(options: RedisEventBusOptions): EventBus {
  const { url, namespace, name, log } = options;
  const keys = withNamespace(namespace);
  const commands = createRedis(url, { name: `${name}-events`, log });
  const metrics = createEventBusMetrics(options.metrics);
  const deadLetters = createDeadLetters(commands, keys);
  const consumers = new Set<EventConsumer>();
  const nextTrimAt = new Map<EventDomain, number>();

  /** Groups trim what they read; a domain that nobody consumes has only its publisher. */
  function trimNowAndThen(domain: EventDomain): void {
    const now = Date.now();
    if (now < (nextTrimAt.get(domain) ?? 0)) return;
    nextTrimAt.set(domain, now + TRIM_EVERY_MS);
    trimStream(commands, streamKeys(keys, domain).stream, now).catch((error: unknown) => {
      log.debug({ err: error, domain }, 'a stream was not trimmed');
    });
  }

  function joinGroup<T extends EventType>(domain: EventDomain, consume: ConsumeOptions<T>) {
    const consumer = `${hostname()}-${process.pid}-${randomBytes(4).toString('hex')}`;
    const member: GroupMember = {
      domain,
      keys: streamKeys(keys, domain),
      group: consume.group,
      consumer,
      commands,
      types: new Set(consume.types),
      handler: consume.handler as GroupMember['handler'],
      concurrency: consume.concurrency ?? 8,
      maxAttempts: consume.maxAttempts ?? 10,
      retryDelayMs: consume.retryDelayMs ?? retryDelayMs,
      claimIdleMs: consume.claimIdleMs ?? 30_000,
      sweepMs: consume.sweepMs ?? 1_000,
      drainMs: consume.drainMs ?? 10_000,
      isTransient: consume.isTransient ?? isTransientError,
      metrics,
      log,
    };
    return startGroupReader(member, createBlockingRedis(url, { name: `${name}-${domain}-${consumer}`, log }));
  }

  return {
    async publish(events) {
      for (const [domain, ofDomain] of byDomain(events)) {
        await append(commands, streamKeys(keys, domain).stream, ofDomain);
        metrics.published(domain, ofDomain.length);
        trimNowAndThen(domain);
      }
    },

    async consume(consume) {
      const domains = new Set(consume.types.map(ownerOf));
      const readers = [...domains].map((domain) => joinGroup(domain, consume));
      const consumer: EventConsumer = {
        lagMs: () => Math.max(0, ...readers.map((reader) => reader.lagMs())),
        async stop() {
          if (!consumers.delete(consumer)) return;
          await Promise.all(readers.map((reader) => reader.stop()));
        },
      };
      consumers.add(consumer);
      return consumer;
    },

    async backlog() {
      const ofStreams = await Promise.all(
        EVENT_DOMAINS.map((domain) => streamBacklog(commands, streamKeys(keys, domain).stream)),
      );
      const total = new Map<string, number>();
      for (const [group, count] of ofStreams.flatMap((groups) => [...groups])) {
        total.set(group, (total.get(group) ?? 0) + count);
      }
      return total;
    },

    deadLetters: deadLetters.page,
    redrive: deadLetters.redrive,

    async epoch() {
      await commands.set(epochKey(keys), randomBytes(12).toString('hex'), 'NX');
      const [epoch, persistence, server] = await Promise.all([
        commands.get(epochKey(keys)),
        commands.info('persistence'),
        commands.info('server'),
      ]);
      // Without a journal a restart goes back to the last snapshot, the key included: every restart may have lost events.
      const isJournaled = infoValue(persistence, 'aof_enabled') === '1';
      return isJournaled ? `${epoch}` : `${epoch}/${infoValue(server, 'run_id')}`;
    },

    incarnation: async () => infoValue(await commands.info('server'), 'run_id'),

    async close() {
      await Promise.all([...consumers].map((consumer) => consumer.stop()));
      await closeRedis(commands);
    },
  };
}
