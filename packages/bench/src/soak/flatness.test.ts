import { describe, expect, it } from 'vitest';
import { judgeFlatness } from './flatness.ts';

const MIB = 1024 ** 2;
const allowance = { bytes: 2 * MIB, share: 0.05 };
const series = (of: (minute: number) => number, length = 40) =>
  Array.from({ length }, (_, minutes) => ({ minutes, bytes: of(minutes) }));

describe('memory', () => {
  it('that swings around one value is flat', () => {
    const verdict = judgeFlatness(
      series((minute) => 50 * MIB + (minute % 3) * MIB),
      allowance,
    );
    expect(verdict).toEqual({ isFlat: true, growth: 0, allowed: 0.05 * 51 * MIB, median: 51 * MIB });
  });

  it('that grows a little all the time isn’t', () => {
    const verdict = judgeFlatness(
      series((minute) => 50 * MIB + minute * 0.25 * MIB),
      allowance,
    );
    expect(verdict.isFlat).toBe(false);
    expect(verdict.growth).toBeCloseTo(29 * 0.25 * MIB, -3);
  });

  it('that grows while it warms up only is flat', () => {
    expect(
      judgeFlatness(
        series((minute) => Math.min(minute, 8) * 10 * MIB),
        allowance,
      ).isFlat,
    ).toBe(true);
  });

  it('with one sample far off is judged by the others', () => {
    expect(
      judgeFlatness(
        series((minute) => (minute === 39 ? 500 : 50) * MIB),
        allowance,
      ).isFlat,
    ).toBe(true);
  });

  it('that shrinks is flat', () => {
    expect(
      judgeFlatness(
        series((minute) => (90 - minute) * MIB),
        allowance,
      ).isFlat,
    ).toBe(true);
  });

  it('can’t be judged by a handful of samples', () => {
    expect(() =>
      judgeFlatness(
        series(() => MIB, 4),
        allowance,
      ),
    ).toThrow('too few samples');
  });
});
