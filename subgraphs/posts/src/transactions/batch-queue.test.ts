import { describe, expect, it } from 'vitest';
import { createBatchQueue } from './batch-queue.ts';

/** A queue whose first batch of each key waits until it is let go. */
function heldQueue(maxBatch: number, maxWaiting = 100) {
  const batches: { key: string; items: readonly number[] }[] = [];
  const gate = Promise.withResolvers<void>();
  const queue = createBatchQueue<string, number, string>({
    maxBatch,
    maxWaiting,
    keyOf: (key) => key,
    async work(key, items) {
      const isFirst = !batches.some((batch) => batch.key === key);
      batches.push({ key, items });
      if (isFirst) await gate.promise;
      return items.map((item) => `${key}${item}`);
    },
  });
  return { queue, batches, gate };
}

describe('a batch queue', () => {
  it('works on the first item at once and on what came meanwhile together, bounded and in order', async () => {
    const { queue, batches, gate } = heldQueue(2);
    const answers = [1, 2, 3, 4].map((item) => queue.add('a', item));
    expect(batches.map(({ items }) => items)).toEqual([[1]]);
    gate.resolve();
    expect(await Promise.all(answers)).toEqual(['a1', 'a2', 'a3', 'a4']);
    expect(batches.map(({ items }) => items)).toEqual([[1], [2, 3], [4]]);
  });

  it('refuses more than may wait', async () => {
    const { queue, gate } = heldQueue(1, 2);
    const answers = [1, 2, 3].map((item) => queue.add('a', item));
    await expect(queue.add('a', 4)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    gate.resolve();
    expect(await Promise.all(answers)).toEqual(['a1', 'a2', 'a3']);
  });

  it('works on different keys side by side', () => {
    const { queue, batches } = heldQueue(10);
    void queue.add('a', 1);
    void queue.add('b', 2);
    expect(batches.map(({ key }) => key)).toEqual(['a', 'b']);
  });

  it('fails those of a batch that failed, and goes on', async () => {
    const { queue, batches, gate } = heldQueue(10);
    const first = queue.add('a', 1);
    const second = queue.add('a', 2);
    gate.reject(new Error('bad'));
    await expect(first).rejects.toThrow('bad');
    expect(await second).toBe('a2');
    expect(batches).toHaveLength(2);
  });
});
