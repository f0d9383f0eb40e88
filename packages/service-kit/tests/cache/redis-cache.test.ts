import { type RedisProcess, startRedisProcess } from '@postbook/testkit';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type CacheOptions,
  closeRedis,
  createCache,
  createRedis,
  type RedisClient,
  silentLogger,
  waitForRedis,
} from '../../src/index.ts';
import { until } from '../support/until.ts';

describe('a cache', () => {
  let server: RedisProcess;
  let redis: RedisClient;
  let loads: string[][];
  beforeAll(async () => {
    server = await startRedisProcess();
    redis = createRedis(server.url, { name: 'test', log: silentLogger, commandTimeoutMs: 300 });
    await waitForRedis(redis, 5_000);
  });
  beforeEach(async () => {
    loads = [];
    await waitForRedis(redis, 5_000);
    await redis.flushall();
  });
  afterAll(async () => {
    await closeRedis(redis);
    await server.stop();
  });

  const create = (options: Partial<CacheOptions<string>> = {}) =>
    createCache<string>({ redis, namespace: 'test', name: 'c', log: silentLogger, ttlSeconds: 100, ...options });
  const loadAll = (values: Record<string, string>) => async (keys: readonly string[]) => {
    loads.push([...keys]);
    return new Map(keys.flatMap((key) => (values[key] === undefined ? [] : [[key, values[key]]])));
  };
  const stored = (key: string) => until(async () => (await redis.get(`test:cache:c:${key}`))?.startsWith('v'));

  it('loads a value once and keeps it for other processes', async () => {
    const [one, two] = [create(), create()];
    expect(await one.getOrLoad('a', async () => 'first')).toBe('first');
    await stored('a');
    expect(await two.getOrLoad('a', async () => 'second')).toBe('first');
  });

  it('keeps a value for its time to live, not all for the same', async () => {
    const cache = create({ ttlSeconds: 1_000 });
    const keys = Array.from({ length: 20 }, (_, index) => `k${index}`);
    await cache.getOrLoadMany(keys, async (missing) => new Map(missing.map((key) => [key, 'v'])));
    const times = await Promise.all(
      keys.map(async (key) => {
        await stored(key);
        return redis.ttl(`test:cache:c:${key}`);
      }),
    );
    for (const time of times) {
      expect(time).toBeGreaterThanOrEqual(898);
      expect(time).toBeLessThanOrEqual(1_000);
    }
    expect(new Set(times).size).toBeGreaterThan(1);
  });

  it('loads all missing keys together and only them', async () => {
    const cache = create();
    await cache.getOrLoad('a', async () => 'A');
    await stored('a');
    const values = await cache.getOrLoadMany(['a', 'b', 'c', 'b'], loadAll({ b: 'B', c: 'C' }));
    expect([...values].sort()).toEqual([
      ['a', 'A'],
      ['b', 'B'],
      ['c', 'C'],
    ]);
    expect(loads).toEqual([['b', 'c']]);
  });

  it('leaves out keys that do not exist, and asks for them again', async () => {
    const cache = create();
    expect(await cache.getOrLoadMany(['x'], loadAll({}))).toEqual(new Map());
    expect(await cache.getOrLoadMany(['x'], loadAll({ x: 'X' }))).toEqual(new Map([['x', 'X']]));
    expect(loads.length).toBe(2);
  });

  it('shares one load among calls at the same moment', async () => {
    const cache = create();
    let count = 0;
    const load = async () => `value ${++count}`;
    const values = await Promise.all(Array.from({ length: 10 }, () => cache.getOrLoad('a', load)));
    expect(new Set(values)).toEqual(new Set(['value 1']));
  });

  it('does not keep errors', async () => {
    const cache = create();
    await expect(
      cache.getOrLoad('a', async () => {
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    expect(await cache.getOrLoad('a', async () => 'yes')).toBe('yes');
  });

  it('forgets what was invalidated', async () => {
    const [one, two] = [create(), create()];
    await one.getOrLoad('a', async () => 'old');
    await stored('a');
    await two.invalidate(['a']);
    expect(await one.getOrLoad('a', async () => 'new')).toBe('new');
  });

  it.each([
    ['this', () => undefined],
    ['another', () => create()],
  ])('does not keep a slow load that an invalidation by %s process has overtaken', async (_name, other) => {
    const cache = create();
    const slow = Promise.withResolvers<string>();
    const began = Promise.withResolvers<void>();
    const outdated = cache.getOrLoad('a', () => {
      began.resolve();
      return slow.promise;
    });
    await began.promise;
    await (other() ?? cache).invalidate(['a']);
    slow.resolve('old');
    expect(await outdated).toBe('old');
    expect(await create().getOrLoad('a', async () => 'new')).toBe('new');
    await stored('a');
    expect(await redis.get('test:cache:c:a')).toBe('v"new"');
  });

  it('does not join a load that began before the invalidation', async () => {
    const cache = create();
    const slow = Promise.withResolvers<string>();
    const began = Promise.withResolvers<void>();
    const outdated = cache.getOrLoad('a', () => {
      began.resolve();
      return slow.promise;
    });
    await began.promise;
    await cache.invalidate(['a']);
    expect(await cache.getOrLoad('a', async () => 'new')).toBe('new');
    slow.resolve('old');
    await outdated;
  });

  it('keeps values in the form of its codec, and loads what it cannot read', async () => {
    const codec = {
      encode: (value: string) => value.toUpperCase(),
      decode: (text: string) => {
        if (text === 'BAD') throw new Error('bad');
        return text;
      },
    };
    const cache = create({ codec });
    await cache.getOrLoad('a', async () => 'x');
    await stored('a');
    expect(await cache.getOrLoad('a', async () => 'y')).toBe('X');
    await redis.set('test:cache:c:a', 'vBAD');
    expect(await cache.getOrLoad('a', async () => 'z')).toBe('z');
  });

  it('counts hits, misses and what was asked while away', async () => {
    const metrics = new Registry();
    const cache = create({ metrics });
    await cache.getOrLoad('a', async () => 'A');
    await stored('a');
    await cache.getOrLoad('a', async () => 'A');
    const text = await metrics.metrics();
    expect(text).toContain('cache_requests_total{cache="c",outcome="miss"} 1');
    expect(text).toContain('cache_requests_total{cache="c",outcome="hit"} 1');
  });

  it('tells other processes of what was invalidated while Redis was away', async () => {
    const [one, two] = [create(), create()];
    await one.getOrLoad('a', async () => 'old');
    await stored('a');
    await server.kill();
    await one.invalidate(['a']);
    await server.start();
    await until(async () => (await redis.get('test:cache:c:a').catch(() => null))?.startsWith('m'));
    expect(await two.getOrLoad('a', async () => 'new')).toBe('new');
  });

  it('loads while Redis is away, and forgets afterwards what was invalidated meanwhile', async () => {
    const cache = create();
    await cache.getOrLoad('a', async () => 'old');
    await stored('a');
    await server.kill();
    expect(await cache.getOrLoad('a', async () => 'loaded')).toBe('loaded');
    await cache.invalidate(['a']);
    await server.start();
    await until(() =>
      redis.ping().then(
        () => true,
        () => false,
      ),
    );
    expect(await cache.getOrLoad('a', async () => 'new')).toBe('new');
  });
});
