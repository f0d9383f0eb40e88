import { createHash } from 'node:crypto';
import type { RedisClient } from './create-redis.ts';

/** A Lua script: its commands take effect together or not at all. */
export interface RedisScript {
  /**
   * Runs the script. All `keys` must carry the same tag.
   * @returns what the script returns, as Redis gives it.
   */
  run(redis: RedisClient, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown>;
}

const isUnknownToServer = (error: unknown): boolean => error instanceof Error && error.message.startsWith('NOSCRIPT');

/** Prepares a script. Its text is sent only when the server doesn't have it, for instance after a restart. */
export const createRedisScript = (lua: string): RedisScript => {
  const sha = createHash('sha1').update(lua).digest('hex');
  return {
    async run(redis, keys, args) {
      try {
        return await redis.evalsha(sha, keys.length, ...keys, ...args);
      } catch (error) {
        if (!isUnknownToServer(error)) throw error;
        return redis.eval(lua, keys.length, ...keys, ...args);
      }
    },
  };
};
