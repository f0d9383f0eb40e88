import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type RedisProcess, startRedisProcess, testStores } from '@postbook/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeRedis, createRedis, type RedisClient, silentLogger, waitForRedis } from '../../src/index.ts';
import { startMongoHarness } from '../support/store-harness.ts';
import { idsOf, several } from '../support/test-events.ts';
import { until } from '../support/until.ts';

describe('a relay that is killed again and again', () => {
  let store: Awaited<ReturnType<typeof startMongoHarness>>;
  let server: RedisProcess;
  let redis: RedisClient;
  let child: ChildProcess | undefined;
  beforeAll(async () => {
    [store, server] = await Promise.all([startMongoHarness(), startRedisProcess()]);
    redis = createRedis(server.url, { name: 'test', log: silentLogger });
    await waitForRedis(redis, 5_000);
  });
  afterAll(async () => {
    child?.kill('SIGKILL');
    await closeRedis(redis);
    await server.stop();
    await store.stop();
  });

  const startRelay = async () => {
    const script = join(import.meta.dirname, '..', 'support', 'relay-process.ts');
    child = fork(script, [testStores().mongodbUrl, store.db.databaseName, server.url], { execArgv: [] });
    await once(child, 'message');
  };
  const kill = async () => {
    const exited = child && once(child, 'exit');
    child?.kill('SIGKILL');
    await exited;
  };
  const published = async () =>
    (await redis.xrange('test:{events:auth}', '-', '+')).map(([, fields]) =>
      String(JSON.parse(fields[3] ?? '').eventId),
    );

  it('loses nothing, and keeps the order but for repeats', async () => {
    const events = several(120);
    let appended = 0;
    for (let round = 0; round < 4; round += 1) {
      await startRelay();
      const target = appended + 30;
      const atStart = (await published()).length;
      const appending = (async () => {
        for (; appended < target; appended += 1) {
          await store.transactor.run((tx) => store.outbox.append(tx, events.slice(appended, appended + 1)));
        }
      })();
      await until(async () => (await published()).length > atStart + 5);
      await kill();
      await appending;
    }
    await startRelay();
    await until(async () => (await store.outbox.backlog()).pending === 0);
    expect([...new Set(await published())]).toEqual(idsOf(events));
  }, 120_000);
});
