import { array, assert, double, integer, property } from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { median, percentile, robustSlope } from './statistics.ts';

describe('a percentile', () => {
  it.each([
    [0, 1],
    [0.5, 5],
    [0.51, 6],
    [0.99, 10],
    [1, 10],
  ])('%f of ten values is the one at that rank', (part, expected) => {
    expect(percentile([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], part)).toBe(expected);
  });

  it('of one value is that value, of none is no number', () => {
    expect(percentile([7], 0.99)).toBe(7);
    expect(percentile([], 0.5)).toBeNaN();
  });
});

describe('a median', () => {
  it.each([
    [[3, 1, 2], 2],
    [[4, 1, 3, 2], 2.5],
    [[10, 9], 9.5],
    [[5], 5],
  ])('of %j is %f, in whatever order they come', (values, expected) => {
    expect(median(values)).toBe(expected);
  });

  it('of none is no number', () => {
    expect(median([])).toBeNaN();
  });

  it('leaves its values as they were', () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });
});

describe('the robust slope', () => {
  it('of points on a line is the line’s', () => {
    const values = { slope: integer({ min: -50, max: 50 }), start: integer({ min: -1000, max: 1000 }) };
    assert(
      property(values.slope, values.start, integer({ min: 2, max: 30 }), (slope, start, length) => {
        const points = Array.from({ length }, (_, x) => ({ x, y: start + slope * x }));
        expect(robustSlope(points)).toBe(slope);
      }),
    );
  });

  it('doesn’t follow a fifth of wild points', () => {
    const wild = array(double({ min: -1e9, max: 1e9, noNaN: true }), { minLength: 4, maxLength: 4 });
    assert(
      property(wild, (strays) => {
        const points = Array.from({ length: 20 }, (_, x) => ({
          x,
          y: x % 5 === 2 ? (strays[(x - 2) / 5] ?? 0) : 3 * x,
        }));
        expect(robustSlope(points)).toBe(3);
      }),
    );
  });

  test.each([
    [[]],
    [[{ x: 1, y: 2 }]],
    [
      [
        { x: 1, y: 2 },
        { x: 1, y: 9 },
      ],
    ],
  ])('of %j is 0', (points) => {
    expect(robustSlope(points)).toBe(0);
  });
});
