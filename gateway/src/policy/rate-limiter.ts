import { createHash } from 'node:crypto';
import { networkOf, type RedisClient } from '@postbook/service-kit/edge';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { GatewayContext } from '../context.ts';
import type { RateLimitConfig } from './policy-config.ts';
import type { RateLimitScope } from './policy-errors.ts';

/** Where a caller stands with one limit. */
export interface RateReading {
  readonly scope: RateLimitScope;
  readonly limit: number;
  readonly remaining: number;
  /** Seconds until the window ends. */
  readonly resetSeconds: number;
  readonly isExceeded: boolean;
}

/** Counts what callers ask for. */
export interface RateLimiter {
  /** Counts so many units for everybody behind the operation, and tells where they stand. Never rejects. */
  consume(context: GatewayContext, units: number): Promise<readonly RateReading[]>;
}

/** Hashed: who calls, and from where, must not be readable from Redis. */
const digestOf = (text: string) => createHash('sha256').update(text).digest('base64url');

/** Who is behind an operation, by scope. */
const callersOf = ({ viewer, client }: GatewayContext): readonly (readonly [RateLimitScope, string])[] => [
  ...(viewer
    ? ([
        ['user', viewer.userId],
        ['session', viewer.sessionId],
      ] as const)
    : []),
  ['address', networkOf(client.ip)],
];

const toReading = (scope: RateLimitScope, limit: number, result: RateLimiterRes, isExceeded: boolean): RateReading => ({
  scope,
  limit,
  remaining: Math.max(0, result.remainingPoints),
  resetSeconds: Math.max(1, Math.ceil(result.msBeforeNext / 1000)),
  isExceeded,
});

/**
 * Counts in windows, in Redis, so that all gateways count together; the commands are atomic, so parallel operations can't
 * slip through between reading and writing. While Redis is away every gateway counts in its own memory: with n gateways
 * a limit is then at most n times as high, which beats both no limit and no service. What is refused counts too.
 */
export function createRateLimiter(options: {
  readonly limits: RateLimitConfig;
  /** Absent: counted in memory. */
  readonly redis: RedisClient | undefined;
  readonly namespace: string;
}): RateLimiter {
  const { limits, redis, namespace } = options;

  function create(scope: RateLimitScope) {
    const window = { points: limits[scope], duration: limits.windowSeconds };
    const memory = new RateLimiterMemory({ ...window, keyPrefix: scope });
    if (!redis) return memory;
    return new RateLimiterRedis({
      ...window,
      storeClient: redis,
      keyPrefix: `${namespace}:limit:operations:${scope}`,
      rejectIfRedisNotReady: true,
      // Who is beyond the limit is answered from memory until the window ends.
      inMemoryBlockOnConsumed: limits[scope] + 1,
      insuranceLimiter: memory,
    });
  }
  const limiters = { user: create('user'), session: create('session'), address: create('address') };

  async function consumeOne(scope: RateLimitScope, key: string, units: number): Promise<RateReading> {
    try {
      return toReading(scope, limits[scope], await limiters[scope].consume(digestOf(key), units), false);
    } catch (refusal) {
      if (refusal instanceof RateLimiterRes) return toReading(scope, limits[scope], refusal, true);
      throw refusal;
    }
  }

  return {
    consume: (context, units) =>
      Promise.all(callersOf(context).map(([scope, key]) => consumeOne(scope, key, Math.ceil(units)))),
  };
}

/** The limit that is nearest to its end. */
const tightest = (readings: readonly RateReading[]): RateReading | undefined =>
  readings.reduce<RateReading | undefined>(
    (least, reading) => (!least || reading.remaining / reading.limit < least.remaining / least.limit ? reading : least),
    undefined,
  );

/** `RateLimit` and `RateLimit-Policy` as the IETF's draft has them: all limits, and where the tightest stands. */
export function rateHeaders(readings: readonly RateReading[], windowSeconds: number): ReadonlyMap<string, string> {
  const least = tightest(readings);
  if (!least) return new Map();
  return new Map([
    ['ratelimit-policy', readings.map(({ scope, limit }) => `"${scope}";q=${limit};w=${windowSeconds}`).join(', ')],
    ['ratelimit', `"${least.scope}";r=${least.remaining};t=${least.resetSeconds}`],
  ]);
}
