import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { sampleDocumentId, sampleUserId } from './ids.ts';
import { inParallel } from './in-parallel.ts';
import { drawPortrait, drawScene } from './pictures.ts';

describe('pictures', () => {
  it('are drawn, the same for the same seed', async () => {
    const [one, again, other] = await Promise.all([drawScene('a'), drawScene('a'), drawScene('b')]);
    expect(one.equals(again)).toBe(true);
    expect(one.equals(other)).toBe(false);
    expect(await sharp(one).metadata()).toMatchObject({ format: 'jpeg', width: 600, height: 400 });
    expect(await sharp(await drawPortrait('a')).metadata()).toMatchObject({ format: 'jpeg', width: 200, height: 200 });
  });
});

describe('ids', () => {
  it('are valid and the same on every machine', () => {
    expect(sampleUserId(0)).toBe(sampleUserId(0));
    expect(sampleUserId(0)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(sampleDocumentId('avatar 1')).toMatch(/^[0-9a-f]{24}$/);
    expect(sampleDocumentId('avatar 1')).not.toBe(sampleDocumentId('avatar 2'));
  });
});

describe('work in parallel', () => {
  it('does everything, no more than so many at a time', async () => {
    let running = 0;
    let most = 0;
    const done: number[] = [];
    await inParallel([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
      running += 1;
      most = Math.max(most, running);
      await Promise.resolve();
      done.push(item);
      running -= 1;
    });
    expect([done, most]).toEqual([[1, 2, 3, 4, 5, 6, 7], 3]);
  });

  it('starts nothing more after a failure', async () => {
    const begun: number[] = [];
    const work = inParallel([1, 2, 3, 4], 1, async (item) => {
      begun.push(item);
      if (item === 2) throw new Error('no');
    });
    await expect(work).rejects.toThrow('no');
    expect(begun).toEqual([1, 2]);
  });
});
