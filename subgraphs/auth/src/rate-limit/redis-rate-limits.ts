import { createHash } from 'node:crypto';
import { type Logger, networkOf, RateLimitedError, type RedisClient } from '@postbook/service-kit';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';

/** What is limited: so many calls per so many seconds, for each address or e-mail. */
export const RATE_LIMITS = {
  /** Registrations from one network. */
  registerByNetwork: { points: 20, seconds: 3_600 },
  /** Registrations with one e-mail address: each mails its owner. */
  registerByEmail: { points: 5, seconds: 3_600 },
  /** Codes mailed again to one address. */
  resendByEmail: { points: 5, seconds: 3_600 },
  /** Codes mailed again on behalf of one network. */
  resendByNetwork: { points: 20, seconds: 3_600 },
  /** Codes tried for one address since its last code; the database counts those of real accounts by itself. */
  verifyByEmail: { points: 5, seconds: 900 },
  /** Codes tried from one network. */
  verifyByNetwork: { points: 60, seconds: 900 },
  /** Logins from one network. */
  loginByNetwork: { points: 30, seconds: 60 },
  /** Exchanges of refresh tokens from one network. */
  refreshByNetwork: { points: 300, seconds: 60 },
  /** Questions about usernames from one network. */
  availabilityByNetwork: { points: 30, seconds: 60 },
} as const satisfies Record<string, { points: number; seconds: number }>;

/** Names of the limits. */
export type RateLimitName = keyof typeof RATE_LIMITS;

/** Counts calls over all processes. */
export interface RateLimits {
  /** Counts a call. @throws RateLimitedError when there were too many. @param key an e-mail address or an IP address. */
  consume(name: RateLimitName, key: string): Promise<void>;
  /** Forgets the calls counted for the key. */
  reset(name: RateLimitName, key: string): Promise<void>;
}

/** How names of limits per network end; the others are per e-mail address. */
const BY_NETWORK = 'ByNetwork';

/** Hashed: an address book must not be readable from Redis. */
const keyOf = (name: RateLimitName, key: string) => {
  const text = name.endsWith(BY_NETWORK) ? networkOf(key) : key.toLowerCase();
  return createHash('sha256').update(text).digest('base64url');
};

/**
 * Limits counted in Redis. While it is away every process counts in its own memory: with n processes a limit is then
 * at most n times as high, which beats both no limit and no login.
 */
export function createRateLimits(options: {
  redis: RedisClient;
  namespace: string;
  log: Logger;
  /** Multiplies limits per network, for people who share one address. Default 1. */
  networkFactor?: number;
}): RateLimits {
  const factorOf = (name: string) => (name.endsWith(BY_NETWORK) ? (options.networkFactor ?? 1) : 1);
  const limiters = new Map(
    Object.entries(RATE_LIMITS).map(([name, limit]) => {
      const window = { points: limit.points * factorOf(name), duration: limit.seconds };
      const limiter = new RateLimiterRedis({
        ...window,
        storeClient: options.redis,
        keyPrefix: `${options.namespace}:limit:${name}`,
        rejectIfRedisNotReady: true,
        insuranceLimiter: new RateLimiterMemory(window),
      });
      return [name, limiter];
    }),
  );
  const limiterOf = (name: RateLimitName) => {
    const limiter = limiters.get(name);
    if (!limiter) throw new Error(`no limit is called ${name}`);
    return limiter;
  };
  return {
    async consume(name, key) {
      try {
        await limiterOf(name).consume(keyOf(name, key));
      } catch (refusal) {
        if (!(refusal instanceof RateLimiterRes)) throw refusal;
        const seconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
        throw new RateLimitedError('Too many calls. Wait before the next one.', seconds);
      }
    },
    async reset(name, key) {
      await limiterOf(name)
        .delete(keyOf(name, key))
        .catch((error: unknown) => options.log.warn({ err: error, limit: name }, 'a limit was not reset'));
    },
  };
}
