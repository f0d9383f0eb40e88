import { randomBytes } from 'node:crypto';
import { isRedisReady, type KeySpace, type Logger, type RedisClient } from '@postbook/service-kit/edge';
import { LRUCache } from 'lru-cache';
import type { EntityTag } from './entity-tags.ts';
import { createRecentInvalidations } from './recent-invalidations.ts';

/** A subgraph's answer for one entity. Nobody writes into it. */
export type EntityValue = Readonly<Record<string, unknown>>;

/** What is looked for. */
export interface EntityAddress {
  /** Names what was asked, whole: a digest. */
  readonly key: string;
  readonly tag: EntityTag;
}

/** What was found, and what must be known to keep what wasn't. */
export interface Finding {
  readonly value: EntityValue | undefined;
  /** Keeps a value that was asked for after this finding; it is dropped if the entity was invalidated meanwhile. */
  keep(value: EntityValue, maxAge: number): Promise<void>;
}

/** Entities in Redis, the same for all processes, with the most used ones in memory. */
export interface EntityStore {
  /** In the order of the addresses; undefined when Redis can't be asked, which means: neither found nor to be kept. */
  look(addresses: readonly EntityAddress[]): Promise<Finding[] | undefined>;
  /** Drops all that is kept of entities, everywhere. Rejects while Redis is away. */
  invalidate(tags: readonly EntityTag[]): Promise<void>;
}

/** Seconds that anything may be kept, whatever a schema says. */
export const MOST_MAX_AGE = 3_600;
/** Seconds that a mark of an invalidation lives: longer than any value that was asked for before it. */
const MARK_SECONDS = 2 * MOST_MAX_AGE;
/** Milliseconds in memory. Invalidations reach memory too; this bounds what one that was missed could do. */
const MEMORY_MS = 5_000;

/** What is in Redis: until when, the entity's mark at that time, and the JSON. */
interface Stored {
  readonly expiresAt: number;
  readonly mark: string;
  readonly json: string;
}

const write = ({ expiresAt, mark, json }: Stored): string => `${expiresAt} ${mark} ${json}`;

function read(text: string | null): Stored | undefined {
  const [, expiresAt, mark = '', json] = text?.match(/^(\d+) (\S*) (\{.*)$/s) ?? [];
  return json === undefined ? undefined : { expiresAt: Number(expiresAt), mark, json };
}

function parse(json: string): EntityValue | undefined {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** Options of {@link createEntityStore}. */
export interface EntityStoreOptions {
  readonly redis: RedisClient;
  readonly keys: KeySpace;
  /** Bytes of values in memory. */
  readonly memoryBytes: number;
  readonly log: Logger;
  /** Default: the system's. */
  readonly now?: () => number;
}

/**
 * An invalidation puts a random mark in the entity's place. A value carries the mark that was there before it was asked
 * for, and is good only as long as that is still the one: a slow answer that was read before the change and arrives after
 * the event is kept under the old mark, where nobody finds it. So nothing has to be searched for, and nothing can come back.
 */
export function createEntityStore(options: EntityStoreOptions): EntityStore {
  const { redis, keys, memoryBytes, log, now = Date.now } = options;
  const valueKey = (key: string) => keys.key('entity', key);
  const markKey = (tag: EntityTag) => keys.key('entity-mark', tag);
  const recent = createRecentInvalidations();
  const memory = new LRUCache<string, { value: EntityValue; moment: number; size: number }>({
    maxSize: memoryBytes,
    sizeCalculation: ({ size }) => size,
    ttl: MEMORY_MS,
  });

  function remember(key: string, value: EntityValue, moment: number, json: string, expiresAt: number): void {
    const ttl = Math.min(MEMORY_MS, expiresAt - now());
    if (ttl > 0) memory.set(key, { value, moment, size: key.length + 2 * json.length }, { ttl });
  }

  function fromMemory({ key, tag }: EntityAddress): EntityValue | undefined {
    const held = memory.get(key);
    if (!held) return undefined;
    if (recent.isGoodSince(tag, held.moment)) return held.value;
    memory.delete(key);
    return undefined;
  }

  function fromRedis(
    address: EntityAddress,
    text: string | null,
    mark: string,
    moment: number,
  ): EntityValue | undefined {
    const stored = read(text);
    if (!stored || stored.mark !== mark || stored.expiresAt <= now()) return undefined;
    const value = parse(stored.json);
    if (value) remember(address.key, value, moment, stored.json, stored.expiresAt);
    return value;
  }

  const keeper = ({ key, tag }: EntityAddress, mark: string, moment: number) =>
    async function keep(value: EntityValue, maxAge: number): Promise<void> {
      const seconds = Math.min(maxAge, MOST_MAX_AGE);
      const [expiresAt, json] = [now() + seconds * 1_000, JSON.stringify(value)];
      if (recent.isGoodSince(tag, moment)) remember(key, value, moment, json, expiresAt);
      try {
        await redis.set(valueKey(key), write({ expiresAt, mark, json }), 'EX', seconds);
      } catch (error) {
        log.debug({ err: error }, 'an entity was not kept');
      }
    };

  /** Values and marks in one round trip. */
  async function ask(addresses: readonly EntityAddress[]): Promise<[string | null, string][]> {
    const wanted = [...addresses.map(({ key }) => valueKey(key)), ...addresses.map(({ tag }) => markKey(tag))];
    const found = await redis.mget(wanted);
    return addresses.map((_, index) => [found[index] ?? null, found[addresses.length + index] ?? '']);
  }

  return {
    async look(addresses) {
      if (!isRedisReady(redis)) return undefined;
      // Noted before Redis is asked: an invalidation from now on concerns what is found, and what is asked for then.
      const moment = recent.now();
      const held = addresses.map(fromMemory);
      const missing = addresses.filter((_, index) => held[index] === undefined);
      const never = async () => undefined;
      try {
        const asked = missing.length > 0 ? await ask(missing) : [];
        let next = 0;
        return addresses.map((address, index) => {
          const value = held[index];
          if (value) return { value, keep: never };
          const [text, mark] = asked[next++] ?? [null, ''];
          return { value: fromRedis(address, text, mark, moment), keep: keeper(address, mark, moment) };
        });
      } catch (error) {
        log.debug({ err: error }, 'the entity cache is away');
        return undefined;
      }
    },

    async invalidate(tags) {
      for (const tag of tags) recent.add(tag);
      if (tags.length === 0) return;
      const pipeline = redis.pipeline();
      for (const tag of tags) pipeline.set(markKey(tag), randomBytes(9).toString('base64url'), 'EX', MARK_SECONDS);
      for (const [error] of (await pipeline.exec()) ?? []) if (error) throw error;
    },
  };
}
