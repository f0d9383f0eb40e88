import { describe, expect, it } from 'vitest';
import { createLanes, LaneFullError } from './lanes.ts';

describe('lanes', () => {
  it('do the work of one key one after the other, in order, and that of others beside it', async () => {
    const lanes = createLanes(10);
    const gate = Promise.withResolvers<void>();
    const done: string[] = [];
    const first = lanes.run('a', async () => {
      await gate.promise;
      done.push('a1');
    });
    const second = lanes.run('a', async () => void done.push('a2'));
    await lanes.run('b', async () => void done.push('b1'));
    gate.resolve();
    await Promise.all([first, second]);
    expect(done).toEqual(['b1', 'a1', 'a2']);
  });

  it('go on after a failure, which only its own caller hears of', async () => {
    const lanes = createLanes(10);
    const failing = lanes.run('a', () => Promise.reject(new Error('bad')));
    const next = lanes.run('a', async () => 'fine');
    await expect(failing).rejects.toThrow('bad');
    expect(await next).toBe('fine');
  });

  it('refuse more than may wait, and take work again afterwards', async () => {
    const lanes = createLanes(2);
    const gate = Promise.withResolvers<void>();
    const waiting = [lanes.run('a', () => gate.promise), lanes.run('a', () => gate.promise)];
    await expect(lanes.run('a', async () => undefined)).rejects.toThrow(LaneFullError);
    gate.resolve();
    await Promise.all(waiting);
    expect(await lanes.run('a', async () => 'again')).toBe('again');
  });
});
