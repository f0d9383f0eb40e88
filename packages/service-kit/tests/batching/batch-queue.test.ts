import { describe, expect, it } from 'vitest';
import { createBatchQueue, QueueFullError } from '../../src/index.ts';

/** A queue whose batches wait until they are let go. */
function heldQueue(options: { maxBatch?: number; maxWaiting?: number } = {}) {
  const batches: { key: string; items: readonly number[]; release: PromiseWithResolvers<void> }[] = [];
  const queue = createBatchQueue<string, number, string>({
    keyOf: (key) => key,
    maxBatch: options.maxBatch ?? 10,
    maxWaiting: options.maxWaiting ?? 100,
    isCommonFailure: (error) => error instanceof RangeError,
    async work(key, items) {
      const release = Promise.withResolvers<void>();
      batches.push({ key, items, release });
      await release.promise;
      if (items.includes(13)) throw new Error('13 is bad');
      return items.map((item) => `${key}${item}`);
    },
  });
  const releaseAll = async (answers: readonly Promise<string>[]) => {
    let released = 0;
    const all = Promise.allSettled(answers);
    let isDone = false;
    void all.then(() => {
      isDone = true;
    });
    while (!isDone) {
      for (; released < batches.length; released += 1) batches[released]?.release.resolve();
      await Promise.resolve();
    }
    return all;
  };
  return { queue, batches, releaseAll };
}

describe('a batch queue', () => {
  it('works on the first item at once and on what came meanwhile together, in order', async () => {
    const { queue, batches, releaseAll } = heldQueue();
    const answers = [1, 2, 3, 4].map((item) => queue.add('a', item));
    expect(batches.map(({ items }) => items)).toEqual([[1]]);
    const settled = await releaseAll(answers);
    expect(batches.map(({ items }) => items)).toEqual([[1], [2, 3, 4]]);
    expect(settled.map((one) => (one.status === 'fulfilled' ? one.value : 'failed'))).toEqual(['a1', 'a2', 'a3', 'a4']);
  });

  it('works on different keys side by side', () => {
    const { queue, batches } = heldQueue();
    void queue.add('a', 1);
    void queue.add('b', 2);
    expect(batches.map(({ key }) => key)).toEqual(['a', 'b']);
  });

  it('bounds batches', async () => {
    const { queue, batches, releaseAll } = heldQueue({ maxBatch: 2 });
    await releaseAll([1, 2, 3, 4].map((item) => queue.add('a', item)));
    expect(batches.map(({ items }) => items)).toEqual([[1], [2, 3], [4]]);
  });

  it('fails only the item that is bad, after trying each alone', async () => {
    const { queue, batches, releaseAll } = heldQueue();
    const settled = await releaseAll([1, 2, 13, 4].map((item) => queue.add('a', item)));
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(batches.map(({ items }) => items)).toEqual([[1], [2, 13, 4], [2], [13], [4]]);
  });

  it('fails all at once when the failure is nobody’s', async () => {
    let calls = 0;
    const queue = createBatchQueue<string, number, string>({
      keyOf: (key) => key,
      maxBatch: 10,
      maxWaiting: 10,
      isCommonFailure: (error) => error instanceof RangeError,
      async work() {
        calls += 1;
        await Promise.resolve();
        throw new RangeError('the store is away');
      },
    });
    const settled = await Promise.allSettled([1, 2, 3].map((item) => queue.add('a', item)));
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(calls).toBe(2);
  });

  it('refuses more than may wait', async () => {
    const { queue } = heldQueue({ maxWaiting: 2 });
    void queue.add('a', 1);
    void queue.add('a', 2);
    void queue.add('a', 3);
    await expect(queue.add('a', 4)).rejects.toThrow(QueueFullError);
  });
});
