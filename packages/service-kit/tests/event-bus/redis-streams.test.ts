import { setTimeout as delay } from 'node:timers/promises';
import { createEvent, uuidv7 } from '@postbook/events';
import { type RedisProcess, startRedisProcess } from '@postbook/testkit';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { trimScript } from '../../src/event-bus/redis-stream-scripts.ts';
import { trimStream } from '../../src/event-bus/redis-stream-trim.ts';
import {
  closeRedis,
  createRedis,
  createRedisEventBus,
  type EventBus,
  type RedisClient,
  silentLogger,
  waitForRedis,
} from '../../src/index.ts';
import { renamed, several } from '../support/test-events.ts';
import { until } from '../support/until.ts';

const STREAM = 'test:{events:auth}';

describe('events in Redis Streams', () => {
  let server: RedisProcess;
  let redis: RedisClient;
  let bus: EventBus;
  const metrics = new Registry();
  beforeAll(async () => {
    server = await startRedisProcess();
    redis = createRedis(server.url, { name: 'admin', log: silentLogger });
    bus = createRedisEventBus({ url: server.url, namespace: 'test', name: 'bus', log: silentLogger, metrics });
    await waitForRedis(redis, 5_000);
    await until(() => bus.epoch().catch(() => ''));
  });
  beforeEach(async () => {
    await waitForRedis(redis, 5_000);
    await redis.flushall();
  });
  afterAll(async () => {
    await bus.close();
    await closeRedis(redis);
    await server.stop();
  });

  const consume = (handler: () => Promise<void> = async () => undefined, group = 'g') =>
    bus.consume({ group, types: ['UsernameChanged'], sweepMs: 20, retryDelayMs: () => 60_000, handler });
  const pending = async () => Number(((await redis.xpending(STREAM, 'g')) as unknown[])[0]);
  const trim = () => trimScript.run(redis, [STREAM], [`${Date.now() + 60_000}-0`, 0, '0-0']);

  it('travel in one stream per domain, in the order published', async () => {
    const userId = uuidv7();
    const created = createEvent({
      type: 'UserProfileUpdated',
      aggregateId: userId,
      version: 1,
      payload: { userId, username: 'ada', displayName: 'Ada', avatarUrl: null },
    });
    await bus.publish([renamed(userId, 1), created, renamed(userId, 2)]);
    const versions = (await redis.xrange(STREAM, '-', '+')).map(([, fields]) => JSON.parse(fields[3] ?? '').version);
    expect(versions).toEqual([1, 2]);
    expect(await redis.xlen('test:{events:profiles}')).toBe(1);
  });

  it.each([
    ['no JSON', ['type', 'UsernameChanged', 'event', '{']],
    ['no event', ['type', 'UsernameChanged', 'event', '{}']],
    ['no fields that we know', ['x', 'y']],
  ])('become dead letters at once when an entry holds %s', async (_name, fields) => {
    await redis.xadd(STREAM, '*', ...fields);
    let calls = 0;
    const consumer = await consume(async () => {
      calls += 1;
    });
    await until(async () => (await bus.deadLetters('g')).items.length === 1);
    expect((await bus.deadLetters('g')).items[0]).toMatchObject({
      attempts: 1,
      reason: expect.stringContaining('Error'),
    });
    await until(async () => (await pending()) === 0);
    await consumer.stop();
    expect(calls).toBe(0);
  });

  it('pass by when their type is newer than this build', async () => {
    await redis.xadd(STREAM, '*', 'type', 'FromTheFuture', 'event', '{}');
    const consumer = await consume();
    await until(() =>
      redis.xpending(STREAM, 'g').then(
        () => true,
        () => false,
      ),
    );
    await until(async () => consumer.lagMs() === 0 && (await pending()) === 0);
    await consumer.stop();
    expect((await bus.deadLetters('g')).items).toEqual([]);
  });

  it('stay until every group has acknowledged them', async () => {
    await redis.xgroup('CREATE', STREAM, 'sleeping', '0', 'MKSTREAM');
    let handled = 0;
    const consumer = await consume(async () => {
      handled += 1;
    });
    await bus.publish(several(10));
    await until(async () => handled === 10 && (await pending()) === 0);
    await trim();
    expect(await redis.xlen(STREAM)).toBe(10);
    await redis.xreadgroup('GROUP', 'sleeping', 'm', 'COUNT', 4, 'STREAMS', STREAM, '>');
    await trim();
    expect(await redis.xlen(STREAM)).toBe(10);
    const delivered = (await redis.xrange(STREAM, '-', '+', 'COUNT', 4)).map(([id]) => id);
    await redis.xack(STREAM, 'sleeping', ...delivered.slice(0, 3));
    await trim();
    expect(await redis.xlen(STREAM)).toBe(7);
    await consumer.stop();
  });

  it('stay a day even when acknowledged, for groups that join later', async () => {
    let handled = 0;
    const consumer = await consume(async () => {
      handled += 1;
    });
    await bus.publish(several(3));
    await until(async () => handled === 3 && (await pending()) === 0);
    await trimScript.run(redis, [STREAM], [`${Date.now() - 60_000}-0`, 100, '0-0']);
    expect(await redis.xlen(STREAM)).toBe(3);
    await consumer.stop();
  });

  it('of a domain that nobody consumes stay a week', async () => {
    const week = 7 * 24 * 60 * 60_000;
    for (const age of [week + 60_000, week - 60_000, 0]) await redis.xadd(STREAM, `${Date.now() - age}-0`, 'x', 'y');
    await trimStream(redis, STREAM, Date.now());
    expect(await redis.xlen(STREAM)).toBe(2);
  });

  it('are buried when they end the process whenever they are handled', async () => {
    await bus.publish(several(1));
    await redis.xgroup('CREATE', STREAM, 'g', '0', 'MKSTREAM');
    const [[id] = []] = await redis.xrange(STREAM, '-', '+');
    await redis.xreadgroup('GROUP', 'g', 'dead', 'COUNT', 1, 'STREAMS', STREAM, '>');
    await redis.call('XCLAIM', STREAM, 'g', 'dead', 0, id ?? '', 'IDLE', 100_000, 'RETRYCOUNT', 10, 'JUSTID');
    let calls = 0;
    const consumer = await consume(async () => {
      calls += 1;
    });
    await until(async () => (await bus.deadLetters('g')).items.length === 1);
    await consumer.stop();
    expect(calls).toBe(0);
  });

  it('leave no member behind after an orderly stop', async () => {
    let handled = 0;
    const consumer = await consume(async () => {
      handled += 1;
    });
    await bus.publish(several(3));
    await until(async () => handled === 3 && (await pending()) === 0);
    await consumer.stop();
    expect(await redis.xinfo('CONSUMERS', STREAM, 'g')).toEqual([]);
  });

  it('have another epoch after every restart of a server without a journal', async () => {
    const volatile = await startRedisProcess({ journal: false });
    const other = createRedisEventBus({ url: volatile.url, namespace: 'test', name: 'bus', log: silentLogger });
    const epoch = await until(() => other.epoch().catch(() => ''));
    expect(await other.epoch()).toBe(epoch);
    await volatile.kill();
    await volatile.start();
    expect(await until(() => other.epoch().catch(() => ''))).not.toBe(epoch);
    await other.close();
    await volatile.stop();
  });

  it('are not taken for abandoned while the answer that brings them may be on its way, and are afterwards', async () => {
    const attempts: number[] = [];
    const consumer = await bus.consume({
      group: 'g',
      types: ['UsernameChanged'],
      sweepMs: 20,
      retryDelayMs: () => 20,
      handler: async (_event, { attempt }) => void attempts.push(attempt),
    });
    const [before, lost] = several(2);
    await bus.publish(before ? [before] : []);
    await until(() => attempts.length === 1);
    const [[, name]] = (await redis.xinfo('CONSUMERS', STREAM, 'g')) as [[string, string]];
    await delay(50);
    // In one transaction, so that the waiting read doesn't get it: an entry whose answer never arrives looks the same.
    await redis
      .multi()
      .xadd(STREAM, '*', 'type', 'UsernameChanged', 'event', JSON.stringify(lost))
      .xreadgroup('GROUP', 'g', name, 'COUNT', 1, 'STREAMS', STREAM, '>')
      .exec();
    await delay(400);
    expect(attempts).toEqual([1]);
    await until(() => attempts.length === 2);
    expect(attempts).toEqual([1, 2]);
    await consumer.stop();
  });

  it('are counted', async () => {
    const consumer = await consume();
    await bus.publish(several(2));
    await until(async () =>
      (await metrics.metrics()).match(/events_handled_total\{group="g",type="UsernameChanged",outcome="handled"\} \d+/),
    );
    await consumer.stop();
    const text = await metrics.metrics();
    for (const name of [
      'events_published_total{domain="auth"}',
      'events_lag_seconds_bucket',
      'events_handler_duration_seconds_bucket',
    ]) {
      expect(text).toContain(name);
    }
  });

  it('are refused while Redis is away, without waiting', async () => {
    await server.kill();
    await until(() =>
      bus.publish(several(1)).then(
        () => false,
        () => true,
      ),
    );
    const startedAt = performance.now();
    await expect(bus.publish(several(1))).rejects.toThrow();
    expect(performance.now() - startedAt).toBeLessThan(500);
    const consumer = await consume();
    const before = consumer.lagMs();
    await until(() => consumer.lagMs() > before);
    await server.start();
    await until(() => consumer.lagMs() === 0);
    await consumer.stop();
  });

  it('do not keep a process from stopping while Redis is away', async () => {
    const other = createRedisEventBus({ url: server.url, namespace: 'test', name: 'other', log: silentLogger });
    const consumer = await other.consume({ group: 'g', types: ['UsernameChanged'], handler: async () => undefined });
    await until(() => consumer.lagMs() === 0);
    await server.kill();
    const startedAt = performance.now();
    await other.close();
    await other.close();
    expect(performance.now() - startedAt).toBeLessThan(3_000);
    await server.start();
  });
});
