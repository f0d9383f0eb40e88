import { describe, expect, it } from 'vitest';
import { readExif } from './exif.ts';
import { aspectRatioOf } from './processed-content.ts';

describe('proportions', () => {
  it.each([
    [1_920, 1_080, '16:9'],
    [1_080, 1_920, '9:16'],
    [500, 500, '1:1'],
    [4_000, 3_000, '4:3'],
    [1_170, 2_532, '1:2.16'],
    [1_366, 768, '1.78:1'],
    [16_000, 10, '1600:1'],
  ])('of %d by %d are %s', (width, height, ratio) => {
    expect(aspectRatioOf(width, height)).toBe(ratio);
  });
});

describe('what a camera wrote', () => {
  it.each<[string, Buffer | undefined]>([
    ['nothing', undefined],
    ['an empty block', Buffer.alloc(0)],
    ['noise', Buffer.alloc(500, 0xab)],
    ['a block that points beyond its end', Buffer.from('Exif\0\0II*\0\xff\xff\xff\xff', 'latin1')],
    ['a directory that has more entries than bytes', Buffer.from('Exif\0\0II*\0\x08\0\0\0\xff\xff', 'latin1')],
  ])('is nothing when it is %s', async (_what, block) => {
    expect(await readExif(block)).toBeUndefined();
  });
});
