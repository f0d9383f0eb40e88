import { describe, expect, it } from 'vitest';
import { rangesOfPage } from './message-reader.ts';

const ranges = [
  { from: 11, to: 30 },
  { from: 81, to: 100 },
];

describe('where a page of history is read', () => {
  it.each([
    [
      'forward from the beginning',
      'forward',
      undefined,
      [
        [11, 30],
        [81, 100],
      ],
    ],
    [
      'forward from within the first stay',
      'forward',
      20,
      [
        [21, 30],
        [81, 100],
      ],
    ],
    ['forward from between the stays', 'forward', 50, [[81, 100]]],
    ['forward from the end', 'forward', 100, []],
    [
      'backward from the end',
      'backward',
      undefined,
      [
        [81, 100],
        [11, 30],
      ],
    ],
    [
      'backward from within the second stay',
      'backward',
      90,
      [
        [81, 89],
        [11, 30],
      ],
    ],
    ['backward from between the stays', 'backward', 50, [[11, 30]]],
    ['backward from the beginning', 'backward', 11, []],
  ] as const)('%s', (_where, direction, cursor, expected) => {
    const request = { limit: 20, direction, ...(cursor === undefined ? {} : { cursor }) };
    expect(rangesOfPage(ranges, request).map(({ from, to }) => [from, to])).toEqual(expected);
  });
});
