import { setTimeout as delay } from 'node:timers/promises';
import { type AnyEvent, type EventDomain, type EventOf, type EventType, ownerOf, parseEvent } from '@postbook/events';
import type { Component } from '../lifecycle/component.ts';
import type { Logger } from '../logging/logger.ts';
import { createBlockingRedis, isRedisReady, type RedisClient, waitForRedis } from '../redis/create-redis.ts';
import { withNamespace } from '../redis/key-space.ts';
import { parseRead, type StreamEntry } from './redis-stream-entry.ts';
import { streamKeys } from './redis-stream-keys.ts';

/** Options of {@link createEventFollower}. */
export interface EventFollowerOptions<T extends EventType> {
  readonly url: string;
  /** `redisNamespace` of the configuration. */
  readonly namespace: string;
  /** The process's name, for connection names. */
  readonly name: string;
  readonly log: Logger;
  readonly types: readonly T[];
  /** Where to begin in a domain's stream: an id, or `$` for what comes from now on. */
  readonly startAt: (domain: EventDomain) => Promise<string>;
  /**
   * Called with events in their order and the place to go on from; at first also with none, once the place of `$` is known.
   * When it rejects it is called again with the same.
   */
  readonly onEvents: (events: readonly EventOf<T>[], domain: EventDomain, position: string) => Promise<void>;
}

/**
 * Sees every event in every process, unlike a group, whose members share them. Nothing is kept for it or tried again: it is
 * for what may be forgotten at a restart, such as caches.
 */
export interface EventFollower extends Component {
  /** Whether everything that the bus held a moment ago was handled. False while the bus is away. */
  isCaughtUp(): boolean;
}

/** Entries of one read. */
const BATCH = 500;
/** How long one read waits for new entries, in milliseconds. */
const BLOCK_MS = 2_000;
/** Milliseconds between tries while something fails. */
const PAUSE_MS = 100;

/** Follows events over Redis Streams, one connection per domain. Starts, and goes on, while Redis is away. */
export function createEventFollower<T extends EventType>(options: EventFollowerOptions<T>): EventFollower {
  const { url, namespace, name, log, startAt, onEvents } = options;
  const types: ReadonlySet<string> = new Set(options.types);
  const domains = [...new Set(options.types.map(ownerOf))];
  const behind = new Set<EventDomain>(domains);
  let connections: RedisClient[] = [];
  let running: Promise<unknown> = Promise.resolve();
  let isStopping = false;

  function read(entry: StreamEntry): EventOf<T>[] {
    if (!types.has(entry.fields.type ?? '')) return [];
    try {
      const event: AnyEvent = parseEvent(JSON.parse(entry.fields.event ?? ''));
      return [event as EventOf<T>];
    } catch (error) {
      log.warn({ err: error, entry: entry.id }, 'an event could not be read; it is passed over');
      return [];
    }
  }

  async function followDomain(domain: EventDomain, redis: RedisClient): Promise<void> {
    const { stream } = streamKeys(withNamespace(namespace), domain);
    let position: string | undefined;

    async function step(): Promise<void> {
      if (!isRedisReady(redis)) {
        await waitForRedis(redis, 500);
        return;
      }
      position ??= await startAt(domain);
      // `$` means another place at each read: what came between two of them would be lost.
      if (position === '$') {
        const last = await lastIdOf(redis, stream);
        await onEvents([], domain, last);
        position = last;
      }
      // Only a read that waits shows that there is nothing more; the first one after a loss must not wait.
      const reply = behind.has(domain)
        ? await redis.xread('COUNT', BATCH, 'STREAMS', stream, position)
        : await redis.xread('COUNT', BATCH, 'BLOCK', BLOCK_MS, 'STREAMS', stream, position);
      const entries = parseRead(reply);
      const last = entries.at(-1);
      if (last) {
        await onEvents(entries.flatMap(read), domain, last.id);
        position = last.id;
      }
      if (entries.length < BATCH) behind.delete(domain);
    }

    while (!isStopping) {
      try {
        await step();
      } catch (error) {
        behind.add(domain);
        if (isStopping) return;
        log.debug({ err: error, domain }, 'following events failed; trying again');
        await delay(PAUSE_MS);
      }
    }
  }

  return {
    name: `events for ${name}`,
    isCaughtUp: () => behind.size === 0,
    async start() {
      connections = domains.map((domain) => createBlockingRedis(url, { name: `${name}-follows-${domain}`, log }));
      running = Promise.all(
        domains.map((domain, index) => {
          const redis = connections[index] as RedisClient;
          redis.on('close', () => behind.add(domain));
          return followDomain(domain, redis);
        }),
      );
    },
    async stop() {
      isStopping = true;
      for (const redis of connections) redis.disconnect();
      await running;
    },
    async check() {
      if (behind.size > 0) throw new Error(`not caught up with the events of ${[...behind].join(', ')}`);
    },
  };
}

/** The id of the newest entry that a stream has or had; the beginning of time for one that doesn't exist. */
async function lastIdOf(redis: RedisClient, stream: string): Promise<string> {
  const newest = await redis.xrevrange(stream, '+', '-', 'COUNT', 1);
  return newest[0]?.[0] ?? '0-0';
}
