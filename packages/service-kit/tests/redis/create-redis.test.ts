import { type RedisProcess, startRedisProcess } from '@postbook/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  closeRedis,
  createRedis,
  createRedisScript,
  isRedisReady,
  silentLogger,
  waitForRedis,
  withNamespace,
} from '../../src/index.ts';
import { until } from '../support/until.ts';

describe('a connection to Redis', () => {
  let server: RedisProcess;
  beforeAll(async () => {
    server = await startRedisProcess();
  });
  afterAll(() => server.stop());
  const connect = (commandTimeoutMs = 300) =>
    createRedis(server.url, { name: 'test', log: silentLogger, commandTimeoutMs });

  it('fails at once while the server is away, and works again when it is back', async () => {
    const redis = connect();
    await waitForRedis(redis, 5_000);
    await redis.set('k', 'v');
    await server.kill();
    await until(() => !isRedisReady(redis));
    const startedAt = performance.now();
    await expect(redis.get('k')).rejects.toThrow();
    expect(performance.now() - startedAt).toBeLessThan(100);
    await server.start();
    expect(await waitForRedis(redis, 10_000)).toBe(true);
    expect(await redis.get('k')).toBe('v');
    await closeRedis(redis);
  });

  it('fails commands that were under way when the server died', async () => {
    const redis = connect(10_000);
    await waitForRedis(redis, 5_000);
    server.freeze();
    const underWay = redis.get('k');
    underWay.catch(() => undefined);
    await server.kill();
    await expect(underWay).rejects.toThrow();
    await server.start();
    await closeRedis(redis);
  });

  it('gives up waiting for a server that hangs, and recovers', async () => {
    const redis = connect();
    await waitForRedis(redis, 5_000);
    server.freeze();
    await expect(redis.get('k')).rejects.toThrow(/timed out/);
    await until(() => !isRedisReady(redis));
    server.thaw();
    await until(() =>
      redis.get('k').then(
        () => true,
        () => false,
      ),
    );
    await closeRedis(redis);
  });

  it('can be made and closed without a server', async () => {
    const redis = createRedis('redis://127.0.0.1:1', { name: 'test', log: silentLogger });
    expect(await waitForRedis(redis, 50)).toBe(false);
    await closeRedis(redis);
    await closeRedis(redis);
    expect(isRedisReady(redis)).toBe(false);
  });

  it('sends a script again to a server that has forgotten it', async () => {
    const redis = connect();
    await waitForRedis(redis, 5_000);
    const script = createRedisScript('return {KEYS[1], ARGV[1]}');
    expect(await script.run(redis, ['k'], [1])).toEqual(['k', '1']);
    await redis.script('FLUSH');
    expect(await script.run(redis, ['k'], [2])).toEqual(['k', '2']);
    await closeRedis(redis);
  });
});

describe('a key space', () => {
  it('puts every key below its namespace and tags what belongs together', () => {
    const keys = withNamespace('pb');
    expect(keys.key('nonce', 'a')).toBe('pb:nonce:a');
    expect(keys.tagged('events:auth')).toBe('pb:{events:auth}');
    expect(keys.tagged('events:auth', 'dead', 'chats')).toBe('pb:{events:auth}:dead:chats');
  });
});
