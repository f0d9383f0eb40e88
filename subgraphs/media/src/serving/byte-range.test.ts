import { describe, expect, it } from 'vitest';
import { parseRange } from './byte-range.ts';

describe('a range of 1,000 bytes', () => {
  it.each<[string, number, number]>([
    ['bytes=0-0', 0, 0],
    ['bytes=0-499', 0, 499],
    ['bytes=500-', 500, 999],
    ['bytes=-1', 999, 999],
    ['bytes=-5000', 0, 999],
    ['bytes=900-5000', 900, 999],
  ])('%s is from %d to %d', (header, start, end) => {
    expect(parseRange(header, 1_000)).toEqual({ kind: 'Part', range: { start, end } });
  });

  it.each(['bytes=1000-', 'bytes=5000-6000', 'bytes=-0'])('%s is beyond it', (header) => {
    expect(parseRange(header, 1_000)).toEqual({ kind: 'Unsatisfiable' });
  });

  it.each([undefined, '', 'bytes=', 'bytes=-', 'bytes=a-b', 'bytes=0-1,5-6', 'items=0-1', 'bytes=5-1'])(
    '%s asks for no part',
    (header) => {
      expect(parseRange(header, 1_000)).toEqual({ kind: 'All' });
    },
  );
});
