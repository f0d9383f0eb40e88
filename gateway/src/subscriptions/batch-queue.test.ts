import { expect, test } from 'vitest';
import { createBatchQueue } from './batch-queue.ts';

/** A queue whose work the test ends. */
function setUp(maxWaiting = 10) {
  const batches: (readonly number[])[] = [];
  const delivered: number[] = [];
  const counts = { waiting: 0, overflows: 0 };
  const pending: (() => void)[] = [];
  const queue = createBatchQueue<number, number>({
    work(items) {
      batches.push(items);
      return new Promise((resolve) => pending.push(() => resolve(items)));
    },
    deliver: (results) => void delivered.push(...results),
    maxWaiting,
    onOverflow() {
      counts.overflows += 1;
    },
    gauge: {
      inc(by) {
        counts.waiting += by;
      },
      dec(by) {
        counts.waiting -= by;
      },
    },
  });
  const finish = async () => {
    pending.shift()?.();
    await turn();
  };
  return { queue, batches, delivered, counts, finish };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('items of one turn are one batch, and those that come meanwhile are the next', async () => {
  const { queue, batches, delivered, finish } = setUp();
  for (const item of [1, 2, 3]) queue.push(item);
  await turn();
  for (const item of [4, 5]) queue.push(item);
  expect([batches, queue.length]).toEqual([[[1, 2, 3]], 5]);
  await finish();
  await finish();
  expect([batches, delivered]).toEqual([
    [
      [1, 2, 3],
      [4, 5],
    ],
    [1, 2, 3, 4, 5],
  ]);
});

test('whoever waits for everything to be delivered is called after it, at once when there is nothing', async () => {
  const { queue, delivered, finish } = setUp();
  const calls: string[] = [];
  queue.whenDrained(() => calls.push('empty'));
  queue.push(1);
  queue.whenDrained(() => calls.push(`after ${delivered}`));
  await turn();
  expect(calls).toEqual(['empty']);
  await finish();
  expect(calls).toEqual(['empty', 'after 1']);
});

test('one item too many ends it, and what was under way is not delivered', async () => {
  const { queue, delivered, counts, finish } = setUp(2);
  queue.push(1);
  await turn();
  for (const item of [2, 3, 4, 5]) queue.push(item);
  await finish();
  expect([counts, delivered]).toEqual([{ waiting: 0, overflows: 1 }, []]);
});

test('what waits is counted, down to zero', async () => {
  const { queue, counts, finish } = setUp();
  queue.push(1);
  queue.push(2);
  expect(counts.waiting).toBe(2);
  await turn();
  queue.push(3);
  expect(counts.waiting).toBe(1);
  queue.stop();
  await finish();
  expect(counts.waiting).toBe(0);
});
