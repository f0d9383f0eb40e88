import { createHash } from 'node:crypto';
import { createRedisScript, type Logger, type RedisClient, withNamespace } from '@postbook/service-kit/edge';
import { LRUCache } from 'lru-cache';

/** Documents by the SHA-256 (in hex) of their text. */
export interface PersistedQueries {
  /** The text, if somebody has sent it. Never rejects. */
  get(digest: string): Promise<string | undefined>;
  /** Keeps a text that was sent with its digest. What is too long isn't kept. Never rejects. */
  set(digest: string, text: string): Promise<void>;
}

/** Options of {@link createPersistedQueries}. */
export interface PersistedQueriesOptions {
  /** Absent: kept in memory only. */
  readonly redis: () => RedisClient | undefined;
  readonly namespace: string;
  readonly ttlSeconds: number;
  /** Documents kept in Redis; those that were sent longest ago go first. */
  readonly maximum: number;
  readonly log: Logger;
}

/** Longer documents are sent each time, in bytes of UTF-16. */
const LONGEST_TEXT = 64 * 1024;
/** What this process keeps beside Redis, in bytes of UTF-16. */
const MEMORY_BYTES = 16 * 1024 * 1024;

/** The digest that a text is persisted under. */
export const digestOfText = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * Stores a text and drops the oldest beyond the maximum, by the server's clock, as those of gateways differ. Keys 1: the
 * index, by microseconds; 2: the text's. Arguments: text, digest, seconds to live, maximum, prefix of the texts' keys.
 */
const storeScript = createRedisScript(`
  local now = redis.call('TIME')
  redis.call('SET', KEYS[2], ARGV[1], 'EX', ARGV[3])
  redis.call('ZADD', KEYS[1], now[1] * 1000000 + now[2], ARGV[2])
  redis.call('EXPIRE', KEYS[1], ARGV[3])
  local beyond = redis.call('ZCARD', KEYS[1]) - tonumber(ARGV[4])
  if beyond <= 0 then return 0 end
  local dropped = redis.call('ZPOPMIN', KEYS[1], beyond)
  for i = 1, #dropped, 2 do redis.call('DEL', ARGV[5] .. dropped[i]) end
  return beyond
`);

/**
 * Automatic persisted queries, shared by all gateways over Redis. Texts are looked at again when they come from Redis: one
 * that isn't its digest's is none. While Redis is away, clients send their documents again.
 */
export function createPersistedQueries(options: PersistedQueriesOptions): PersistedQueries {
  const { log, ttlSeconds, maximum } = options;
  const keys = withNamespace(options.namespace);
  const keyOf = (digest: string) => keys.tagged('persisted', digest);
  const memory = new LRUCache<string, string>({
    max: maximum,
    maxSize: MEMORY_BYTES,
    sizeCalculation: (text) => text.length * 2 + 1,
    ttl: ttlSeconds * 1000,
  });

  async function read(digest: string): Promise<string | undefined> {
    const text = await options.redis()?.get(keyOf(digest));
    if (typeof text !== 'string' || digestOfText(text) !== digest) return undefined;
    memory.set(digest, text);
    return text;
  }

  const forgive = (error: unknown) => {
    log.debug({ err: error }, 'persisted queries are away');
    return undefined;
  };

  return {
    async get(digest) {
      return memory.get(digest) ?? (await read(digest).catch(forgive));
    },
    async set(digest, text) {
      if (text.length * 2 > LONGEST_TEXT) return;
      memory.set(digest, text);
      const redis = options.redis();
      if (!redis) return;
      await storeScript
        .run(redis, [keys.tagged('persisted'), keyOf(digest)], [text, digest, ttlSeconds, maximum, keyOf('')])
        .catch(forgive);
    },
  };
}
