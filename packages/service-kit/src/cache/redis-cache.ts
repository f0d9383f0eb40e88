import { randomBytes } from 'node:crypto';
import { Counter, type Registry } from 'prom-client';
import type { Logger } from '../logging/logger.ts';
import type { RedisClient } from '../redis/create-redis.ts';
import { withNamespace } from '../redis/key-space.ts';
import { createRedisScript } from '../redis/redis-script.ts';
import { registerOnce } from '../telemetry/register-once.ts';
import type { Cache, CacheCodec } from './cache.ts';

/** Options of {@link createCache}. */
export interface CacheOptions<V> {
  readonly redis: RedisClient;
  /** `redisNamespace` of the configuration. */
  readonly namespace: string;
  /** What is cached, for instance `user-cards`; part of every key. */
  readonly name: string;
  readonly log: Logger;
  readonly metrics?: Registry;
  /** How long a value is kept, in seconds; each value up to a tenth shorter, so that they don't expire together. */
  readonly ttlSeconds: number;
  /** Default JSON. */
  readonly codec?: CacheCodec<V>;
}

/**
 * A marker takes the place of an invalidated value for this long. Loads that last longer are not stored: the marker that
 * would betray an invalidation in the meantime may be gone.
 */
const MARKER_SECONDS = 30;
const LONGEST_STORED_LOAD_MS = (MARKER_SECONDS - 5) * 1_000;
/** Invalidations remembered while Redis is away; beyond, the time to live does the work. */
const MOST_OWED_INVALIDATIONS = 50_000;

/** How often owed invalidations are tried. */
const SETTLE_EVERY_MS = 250;

const VALUE = 'v';
const MARKER = 'm';

/** Stores a value unless the key has changed since the load began. Argument 1: what was there, empty for nothing. */
const storeScript = createRedisScript(`
  local present = redis.call('GET', KEYS[1]) or ''
  if present ~= ARGV[1] then return 0 end
  redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
  return 1
`);

/** What the cache knew of a key when its load began. */
type Miss = { readonly key: string; readonly seen: string };

function createCount(registry: Registry | undefined, cache: string): (outcome: string, by?: number) => void {
  if (!registry) return () => undefined;
  const name = 'cache_requests_total';
  const counter = registerOnce(
    registry,
    name,
    () =>
      new Counter({
        name,
        help: 'Keys asked of a cache, by outcome',
        labelNames: ['cache', 'outcome'],
        registers: [registry],
      }),
  );
  return (outcome, by = 1) => {
    if (by > 0) counter.inc({ cache, outcome }, by);
  };
}

/**
 * A cache in Redis, shared by all processes. While Redis is away everything is loaded. A slow load can't overwrite a
 * later invalidation: the invalidation leaves a random marker, and a value is stored only over what was seen before the
 * load began.
 */
export function createCache<V>(options: CacheOptions<V>): Cache<V> {
  const { redis, log, name, ttlSeconds } = options;
  const codec: CacheCodec<V> = options.codec ?? { encode: JSON.stringify, decode: (text) => JSON.parse(text) as V };
  const keys = withNamespace(options.namespace);
  const redisKey = (key: string) => keys.key('cache', name, key);
  const count = createCount(options.metrics, name);
  const loading = new Map<string, Promise<V | undefined>>();
  const owed = new Set<string>();
  let settling: NodeJS.Timeout | undefined;

  /** What Redis holds, or undefined while it is away or holds values that may be outdated. */
  async function look(wanted: readonly string[]): Promise<(string | null)[] | undefined> {
    try {
      if (owed.size > 0) await settleOwed();
      return await redis.mget(...wanted.map(redisKey));
    } catch (error) {
      log.debug({ err: error, cache: name }, 'the cache is away: loading');
      return undefined;
    }
  }

  function decode(text: string): { value: V } | undefined {
    try {
      return { value: codec.decode(text) };
    } catch (error) {
      log.warn({ err: error, cache: name }, 'a cached value is unreadable: loading it');
      return undefined;
    }
  }

  async function store(misses: readonly Miss[], values: ReadonlyMap<string, V>): Promise<void> {
    await Promise.all(
      misses.map(async ({ key, seen }) => {
        const value = values.get(key);
        if (value === undefined) return;
        const ttl = Math.max(1, Math.round(ttlSeconds * (1 - Math.random() / 10)));
        await storeScript.run(redis, [redisKey(key)], [seen, VALUE + codec.encode(value), ttl]);
      }),
    ).catch((error: unknown) => log.debug({ err: error, cache: name }, 'values were not cached'));
  }

  /** Looks into Redis, loads the rest and stores it. */
  async function fetchAll(
    wanted: readonly string[],
    loadMissing: (keys: readonly string[]) => Promise<ReadonlyMap<string, V>>,
  ): Promise<ReadonlyMap<string, V>> {
    const present = await look(wanted);
    const found = new Map<string, V>();
    const misses: Miss[] = [];
    for (const [index, key] of wanted.entries()) {
      const text = present?.[index] ?? '';
      const hit = text.startsWith(VALUE) ? decode(text.slice(VALUE.length)) : undefined;
      if (hit) found.set(key, hit.value);
      else misses.push({ key, seen: text });
    }
    count('hit', found.size);
    count(present ? 'miss' : 'away', misses.length);
    if (misses.length === 0) return found;
    const startedAt = performance.now();
    const loaded = await loadMissing(misses.map(({ key }) => key));
    const isStorable = present !== undefined && performance.now() - startedAt < LONGEST_STORED_LOAD_MS;
    if (isStorable) void store(misses, loaded);
    return new Map([...found, ...loaded]);
  }

  async function settleOwed(): Promise<void> {
    const due = [...owed];
    if (due.length === 0) return;
    await mark(due);
    for (const key of due) owed.delete(key);
  }

  /** Others read the old values as soon as Redis is back, so don't wait for this process to read some. */
  function settleLater(): void {
    if (settling) return;
    settling = setTimeout(() => {
      settling = undefined;
      settleOwed().catch(() => settleLater());
    }, SETTLE_EVERY_MS);
    settling.unref();
  }

  async function mark(due: readonly string[]): Promise<void> {
    const pipeline = redis.pipeline();
    for (const key of due) {
      pipeline.set(redisKey(key), MARKER + randomBytes(9).toString('base64url'), 'EX', MARKER_SECONDS);
    }
    for (const [error] of (await pipeline.exec()) ?? []) if (error) throw error;
  }

  async function getOrLoadMany(
    wanted: readonly string[],
    loadMissing: (keys: readonly string[]) => Promise<ReadonlyMap<string, V>>,
  ): Promise<ReadonlyMap<string, V>> {
    const unique = [...new Set(wanted)];
    const fresh = unique.filter((key) => !loading.has(key));
    if (fresh.length > 0) {
      const batch = fetchAll(fresh, loadMissing);
      for (const key of fresh) {
        const one = batch.then((values) => values.get(key));
        loading.set(key, one);
        const forget = () => {
          if (loading.get(key) === one) loading.delete(key);
        };
        one.then(forget, forget);
      }
    }
    const result = new Map<string, V>();
    const pending = unique.map(async (key) => [key, await loading.get(key)] as const);
    for (const [key, value] of await Promise.all(pending)) if (value !== undefined) result.set(key, value);
    return result;
  }

  return {
    getOrLoadMany,

    async getOrLoad(key, load) {
      const values = await getOrLoadMany([key], async () => new Map([[key, await load()]]));
      return values.get(key) as V;
    },

    async invalidate(stale) {
      if (stale.length === 0) return;
      // Calls from now on must not share a load that began before the change.
      for (const key of stale) loading.delete(key);
      try {
        await mark(stale);
      } catch (error) {
        log.debug({ err: error, cache: name }, 'an invalidation waits until Redis is back');
        for (const key of stale) if (owed.size < MOST_OWED_INVALIDATIONS) owed.add(key);
        settleLater();
      }
    },
  };
}
