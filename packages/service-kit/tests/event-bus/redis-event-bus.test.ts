import { startRedisProcess } from '@postbook/testkit';
import { closeRedis, createRedis, createRedisEventBus, silentLogger, waitForRedis } from '../../src/index.ts';
import { until } from '../support/until.ts';
import { describeEventBusContract } from './event-bus-contract.ts';

describeEventBusContract('Redis Streams', async () => {
  const server = await startRedisProcess();
  const admin = createRedis(server.url, { name: 'admin', log: silentLogger });
  await waitForRedis(admin, 5_000);
  let count = 0;
  return {
    connect: () =>
      createRedisEventBus({ url: server.url, namespace: 'test', name: `bus-${++count}`, log: silentLogger }),
    crash: async () => {
      // The connections end while the handler hangs, so nothing is acknowledged: what a crash leaves behind.
      for (const line of String(await admin.client('LIST')).split('\n')) {
        if (line.includes(` name=bus-${count}-`)) await admin.client('KILL', 'ID', line.match(/^id=(\d+)/)?.[1] ?? '');
      }
    },
    restart: async () => {
      await server.kill();
      await server.start();
    },
    flush: async () => {
      await until(() => admin.flushall().catch(() => ''));
    },
    stop: async () => {
      await closeRedis(admin);
      await server.stop();
    },
  };
});
