import { randomUUID } from 'node:crypto';
import type { RedisClient } from '../redis/create-redis.ts';
import { createRedisScript } from '../redis/redis-script.ts';

const renewScript = createRedisScript(`
  if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
  return redis.call('PEXPIRE', KEYS[1], ARGV[2])
`);

const releaseScript = createRedisScript(`
  if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
  return redis.call('DEL', KEYS[1])
`);

/** A lock that is held. */
export interface HeldLock {
  /** Aborted when the lock may be somebody else's: it was taken away, or could not be renewed before it ran out. */
  readonly lost: AbortSignal;
  /** Gives the lock up if it is still ours. Never rejects; the lock runs out by itself otherwise. */
  release(): Promise<void>;
}

/**
 * Takes a lock that is renewed every third of `ttlMs` until released; a holder that dies loses it after `ttlMs`.
 * @returns undefined when somebody else has it.
 */
export async function acquireLock(redis: RedisClient, key: string, ttlMs: number): Promise<HeldLock | undefined> {
  // The token is what makes it ours: a holder that was slow must neither renew nor release its successor's lock.
  const token = randomUUID();
  const askedAt = performance.now();
  if ((await redis.set(key, token, 'PX', ttlMs, 'NX')) !== 'OK') return undefined;
  const lost = new AbortController();
  let validUntil = askedAt + ttlMs;
  let isReleased = false;

  const renew = async () => {
    const startedAt = performance.now();
    try {
      if (Number(await renewScript.run(redis, [key], [token, ttlMs])) === 1) validUntil = startedAt + ttlMs;
      else validUntil = 0;
    } catch {
      // Redis is away: the lock is ours until it runs out.
    }
    if (!isReleased && performance.now() >= validUntil) lost.abort(new Error('the lock was lost'));
  };
  const timer = setInterval(() => void renew(), ttlMs / 3);

  return {
    lost: lost.signal,
    async release() {
      isReleased = true;
      clearInterval(timer);
      await releaseScript.run(redis, [key], [token]).catch(() => undefined);
    },
  };
}
