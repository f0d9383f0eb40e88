import { createRedis, silentLogger, waitForRedis } from '@postbook/service-kit';
import { eventually, testStores, uniqueName } from '@postbook/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRateLimits } from '../src/rate-limit/redis-rate-limits.ts';
import { createRedisRevocations, REVOCATION_TTL_SECONDS } from '../src/revocation/redis-revocations.ts';
import { ACCESS_TOKEN_SECONDS } from '../src/token/access-token.ts';

const namespace = uniqueName('revocations');
const log = silentLogger;
const connect = () => createRedis(testStores().redisUrl, { name: 'test', log });

describe('a revocation', () => {
  const redis = connect();
  beforeAll(async () => void (await waitForRedis(redis, 5_000)));
  afterAll(() => redis.disconnect());

  it('of all tokens of a user carries the moment from which on they are good again', async () => {
    const subscriber = connect();
    await waitForRedis(subscriber, 5_000);
    const messages: unknown[] = [];
    subscriber.on('message', (_channel: string, text: string) => messages.push(JSON.parse(text)));
    await subscriber.subscribe(`${namespace}:revocations`);
    const notBefore = new Date('2026-01-01T00:00:00Z');
    await createRedisRevocations({ redis, namespace, log }).revokeUser('u', notBefore, 'RoleChanged');
    await eventually(() => messages.length > 0);
    expect(messages).toEqual([{ kind: 'user', userId: 'u', notBefore: notBefore.getTime() }]);
    expect(await redis.get(`${namespace}:revoked:user:u`)).toBe(String(notBefore.getTime()));
    subscriber.disconnect();
  });

  it('is remembered for longer than any access token lives', () => {
    expect(REVOCATION_TTL_SECONDS).toBeGreaterThanOrEqual(ACCESS_TOKEN_SECONDS + 60);
  });

  it('does not fail the logout while Redis is away', async () => {
    const dead = createRedis('redis://127.0.0.1:1', { name: 'test', log });
    const revocations = createRedisRevocations({ redis: dead, namespace, log });
    await expect(revocations.revokeSessions(['s'], 'Logout')).resolves.toBeUndefined();
    dead.disconnect();
  });
});

describe('limits', () => {
  it('per network can be multiplied, those per address can not', async () => {
    const redis = connect();
    await waitForRedis(redis, 5_000);
    const limits = createRateLimits({ redis, namespace, log, networkFactor: 2 });
    for (let n = 0; n < 40; n += 1) await limits.consume('registerByNetwork', '192.0.2.1');
    await expect(limits.consume('registerByNetwork', '192.0.2.1')).rejects.toThrow('Too many');
    for (let n = 0; n < 5; n += 1) await limits.consume('registerByEmail', 'A@example.org');
    await expect(limits.consume('registerByEmail', 'a@EXAMPLE.org')).rejects.toThrow('Too many');
    redis.disconnect();
  });
});
