import { uuidv7 } from '@postbook/events';
import { type RedisProcess, startRedisProcess } from '@postbook/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  closeRedis,
  createInboxConsumer,
  createOutboxRelay,
  createRedis,
  createRedisEventBus,
  createRedisLiveTopics,
  type EventBus,
  type InboxConsumer,
  type LiveTopics,
  type OutboxRelay,
  type RedisClient,
  silentLogger,
} from '../../src/index.ts';
import { type StoreHarness, startMongoHarness, startPostgresHarness } from '../support/store-harness.ts';
import { renamed } from '../support/test-events.ts';
import { until } from '../support/until.ts';

describe.each([
  ['PostgreSQL', startPostgresHarness],
  ['MongoDB', startMongoHarness],
])('changes in %s and their effects elsewhere', (_name, start) => {
  let server: RedisProcess;
  let redis: RedisClient;
  let store: StoreHarness;
  const buses: EventBus[] = [];
  const relays: OutboxRelay[] = [];
  const topics: LiveTopics[] = [];
  const consumers: InboxConsumer[] = [];
  beforeAll(async () => {
    server = await startRedisProcess();
    redis = createRedis(server.url, { name: 'test', log: silentLogger, commandTimeoutMs: 500 });
    store = await start();
  });
  afterAll(async () => {
    await Promise.all(relays.map((relay) => relay.stop()));
    await Promise.all(buses.map((bus) => bus.close()));
    await Promise.all(topics.map((each) => each.stop()));
    await closeRedis(redis);
    await store.stop();
    await server.stop();
  });

  /** What one process of the service has. */
  const startProcess = async () => {
    const bus = createRedisEventBus({
      url: server.url,
      namespace: 'test',
      name: `p${buses.length}`,
      log: silentLogger,
    });
    const live = createRedisLiveTopics({
      url: server.url,
      redis,
      namespace: 'test',
      name: `p${buses.length}`,
      log: silentLogger,
    });
    const relay = createOutboxRelay({
      name: 'test',
      repository: store.outbox,
      bus,
      topics: live,
      log: silentLogger,
      leaseMs: 1_000,
    });
    buses.push(bus);
    topics.push(live);
    relays.push(relay);
    await relay.start();
    const consumer = createInboxConsumer({
      bus,
      group: 'counter',
      types: ['UsernameChanged'],
      inbox: store.inbox,
      transactor: store.transactor,
      handle: (_event, tx) => store.add(tx, 1),
      sweepMs: 50,
      claimIdleMs: 1_000,
    });
    await consumer.start();
    consumers.push(consumer);
    return relay;
  };

  it('take effect exactly once though Redis is killed, flushed and processes stop in between', async () => {
    const [first, second] = [await startProcess(), await startProcess()];
    let committed = 0;
    const change = (relay: OutboxRelay) =>
      store.transactor.run(async (tx) => {
        await store.outbox.append(tx, [renamed(uuidv7())]);
        tx.afterCommit(() => {
          committed += 1;
          relay.kick();
        });
      });
    const changes = async (count: number) => {
      for (let index = 0; index < count; index += 1) await change(index % 2 === 0 ? first : second);
    };

    await changes(20);
    const beforeKill = changes(30);
    await server.kill();
    await beforeKill;
    await changes(10);
    await server.start();
    const beforeFlush = changes(30);
    await until(() => redis.flushall().catch(() => ''));
    await beforeFlush;
    await first.stop();
    await changes(10);
    await startProcess();
    await consumers[0]?.stop();
    await changes(10);

    await until(() => committed === 110);
    await until(async () => (await store.total()) >= 110, 40_000);
    // All that was published again must have come by before it counts.
    await until(async () => (await store.outbox.backlog()).pending === 0);
    await until(() => consumers.slice(1).every((consumer) => consumer.lagMs() === 0), 40_000);
    expect(await store.total()).toBe(110);
  }, 120_000);
});
