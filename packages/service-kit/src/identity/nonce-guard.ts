import { LRUCache } from 'lru-cache';
import type { Logger } from '../logging/logger.ts';
import { IDENTITY_WINDOW_MS } from './internal-identity.ts';

/** Remembers which mutation calls were accepted. */
export interface NonceGuard {
  /** True the first time a nonce is seen, false on a replay. */
  accept(nonce: string): Promise<boolean>;
}

/** The one Redis command this needs, so that tests and the kit's Redis client both fit. */
export interface NonceStore {
  set(key: string, value: string, px: 'PX', milliseconds: number, nx: 'NX'): Promise<'OK' | null>;
}

/**
 * Nonces shared by all processes of a subgraph through Redis. While Redis is away each process falls back to its own
 * memory: writes go on, and a replay then succeeds only against another process within the 30 s window, which takes
 * both a recorded call and a dead Redis; idempotent creates make even that harmless.
 */
export function createNonceGuard(options: { redis: NonceStore; namespace: string; log: Logger }): NonceGuard {
  const local = new LRUCache<string, true>({ max: 100_000, ttl: 2 * IDENTITY_WINDOW_MS });
  return {
    async accept(nonce) {
      if (local.has(nonce)) return false;
      local.set(nonce, true);
      try {
        const key = `${options.namespace}:nonce:${nonce}`;
        return (await options.redis.set(key, '1', 'PX', 2 * IDENTITY_WINDOW_MS, 'NX')) === 'OK';
      } catch (error) {
        options.log.warn({ err: error }, 'Redis is away: replay protection is per process until it is back');
        return true;
      }
    },
  };
}
