import { type RedisProcess, startRedisProcess } from '@postbook/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  closeRedis,
  createRedis,
  createRedisLiveTopics,
  type JsonValue,
  type LiveTopics,
  type RedisClient,
  silentLogger,
  waitForRedis,
} from '../../src/index.ts';
import { until } from '../support/until.ts';

/** A listener that notes what it is told. */
const recorder = () => {
  const messages: unknown[] = [];
  const notes = { messages, gaps: 0 };
  return Object.assign(notes, {
    onMessage: (message: unknown) => void messages.push(message),
    onGap: () => {
      notes.gaps += 1;
    },
  });
};

describe('live topics over Redis', () => {
  let server: RedisProcess;
  let redis: RedisClient;
  const made: LiveTopics[] = [];
  beforeAll(async () => {
    server = await startRedisProcess();
    redis = createRedis(server.url, { name: 'test', log: silentLogger, commandTimeoutMs: 500 });
    await waitForRedis(redis, 5_000);
  });
  afterEach(() => Promise.all(made.splice(0).map((topics) => topics.stop())));
  afterAll(async () => {
    await closeRedis(redis);
    await server.stop();
  });

  const connect = async (namespace = 'test') => {
    const topics = createRedisLiveTopics({
      url: server.url,
      redis,
      namespace,
      name: 'test',
      log: silentLogger,
      probeMs: 100,
    });
    made.push(topics);
    await until(() =>
      topics.check?.().then(
        () => true,
        () => false,
      ),
    );
    return topics;
  };
  const subscriptions = async (): Promise<number> =>
    Number(((await redis.pubsub('NUMSUB', 'test:live:t')) as unknown[])[1]);

  it('deliver to every listener of the topic, in order, on any process', async () => {
    const [one, two] = [await connect(), await connect()];
    const [first, second, third] = [recorder(), recorder(), recorder()];
    await one.subscribe('t', first);
    await one.subscribe('t', second);
    await two.subscribe('t', third);
    const messages: JsonValue[] = [1, 'two', { three: [3] }, null];
    for (const message of messages) await one.publish('t', message);
    await until(() => [first, second, third].every((each) => each.messages.length === 4));
    for (const each of [first, second, third]) expect(each.messages).toEqual(messages);
  });

  it('deliver a message that is sent right after the subscription was confirmed', async () => {
    const topics = await connect();
    for (let round = 0; round < 20; round += 1) {
      const listener = recorder();
      await topics.subscribe(`round-${round}`, listener);
      await redis.publish(`test:live:round-${round}`, '1');
      await until(() => listener.messages.length === 1);
    }
  });

  it('keep topics and namespaces apart', async () => {
    const [own, other] = [await connect(), await connect('elsewhere')];
    const [wanted, unwanted] = [recorder(), recorder()];
    await own.subscribe('t', wanted);
    await own.subscribe('t2', unwanted);
    await other.subscribe('t', unwanted);
    await own.publish('t', 1);
    await until(() => wanted.messages.length === 1);
    expect(unwanted.messages).toEqual([]);
  });

  it('subscribe once however many listen, and unsubscribe when the last one leaves', async () => {
    const topics = await connect();
    const [first, second] = [recorder(), recorder()];
    const leave = [await topics.subscribe('t', first), await topics.subscribe('t', second)];
    expect(await subscriptions()).toBe(1);
    leave[0]?.();
    leave[0]?.();
    await topics.publish('t', 1);
    await until(() => second.messages.length === 1);
    expect(first.messages).toEqual([]);
    leave[1]?.();
    await until(async () => (await subscriptions()) === 0);
    await topics.subscribe('t', first);
    await topics.publish('t', 2);
    await until(() => first.messages.length === 1);
  });

  it('tell of a gap after the server was away, and deliver again', async () => {
    const topics = await connect();
    const listener = recorder();
    await topics.subscribe('t', listener);
    await server.kill();
    await until(() =>
      topics.check?.().then(
        () => false,
        () => true,
      ),
    );
    await topics.publish('t', 'lost');
    await server.start();
    await until(() => listener.gaps > 0);
    await until(() => waitForRedis(redis, 1_000));
    await topics.publish('t', 'found');
    await until(() => listener.messages.length === 1);
    expect(listener.messages).toEqual(['found']);
  });

  it('subscribe at once while the server is away, and tell when the subscription is active', async () => {
    const topics = await connect();
    await server.kill();
    await until(() =>
      topics.check?.().then(
        () => false,
        () => true,
      ),
    );
    const listener = recorder();
    await topics.subscribe('t', listener);
    await server.start();
    await until(() => listener.gaps > 0);
    await until(() => waitForRedis(redis, 1_000));
    await topics.publish('t', 1);
    await until(() => listener.messages.length === 1);
  });

  it('deliver to the others when one listener fails', async () => {
    const topics = await connect();
    const listener = recorder();
    const failing = {
      onMessage: () => {
        throw new Error('broken');
      },
      onGap: () => undefined,
    };
    await topics.subscribe('t', failing);
    await topics.subscribe('t', listener);
    await topics.publish('t', 1);
    await until(() => listener.messages.length === 1);
  });

  it('do not hold a subscriber up when the server hangs', async () => {
    const topics = createRedisLiveTopics({
      url: server.url,
      redis,
      namespace: 'test',
      name: 'test',
      log: silentLogger,
      confirmMs: 50,
    });
    made.push(topics);
    await until(() =>
      topics.check?.().then(
        () => true,
        () => false,
      ),
    );
    server.freeze();
    const listener = recorder();
    const startedAt = performance.now();
    await topics.subscribe('t', listener);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    expect(listener.gaps).toBe(0);
    server.thaw();
    await until(() => listener.gaps > 0);
    await until(() => waitForRedis(redis, 1_000));
    await topics.publish('t', 1);
    await until(() => listener.messages.length === 1);
  });

  it('notice a server that hangs without closing its connections', async () => {
    const topics = await connect();
    const listener = recorder();
    await topics.subscribe('t', listener);
    server.freeze();
    await until(() =>
      topics.check?.().then(
        () => false,
        () => true,
      ),
    );
    await topics.publish('t', 'never rejects');
    server.thaw();
    await until(() => listener.gaps > 0);
  });
});
