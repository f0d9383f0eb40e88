import { setImmediate } from 'node:timers/promises';
import { silentLogger } from '@postbook/service-kit';
import { testStores, uniqueName } from '@postbook/testkit';
import { expect, test } from 'vitest';
import { createRedisRevocations } from '../src/auth/redis-revocations.ts';

test('stopping at any moment of catching up is no fault', async () => {
  const namespace = uniqueName('gateway');
  const faults: unknown[] = [];
  const note = (fault: unknown) => faults.push(fault);
  process.on('unhandledRejection', note);
  // Each one is stopped a few turns of the event loop later, so that every step of a start is cut off once.
  const rounds = Array.from({ length: 40 }, async (_, turns) => {
    const source = createRedisRevocations({ url: testStores().redisUrl, namespace, log: silentLogger });
    const starting = source.start();
    for (let turn = 0; turn < turns; turn += 1) await setImmediate();
    await source.stop();
    await starting;
  });
  await Promise.all(rounds);
  await setImmediate();
  process.off('unhandledRejection', note);
  expect(faults).toEqual([]);
});
