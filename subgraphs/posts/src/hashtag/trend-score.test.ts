import { describe, expect, it } from 'vitest';
import { hourOf, trendScore, trendWindows } from './trend-score.ts';

describe('the trend score', () => {
  it.each([
    [{ lastDay: 0, lastWeek: 0, lastMonth: 0 }, 0],
    [{ lastDay: 1, lastWeek: 1, lastMonth: 1 }, 1],
    [{ lastDay: 0, lastWeek: 3, lastMonth: 3 }, 1.5],
    [{ lastDay: 10, lastWeek: 20, lastMonth: 50 }, 21],
    [{ lastDay: 0, lastWeek: 0, lastMonth: 7 }, 1.4],
  ])('of %j is %d', (users, score) => {
    expect(trendScore(users)).toBe(score);
  });

  it('looks back a day, a week and thirty days', () => {
    const { day, week, month } = trendWindows(new Date('2026-03-31T12:00:00Z'));
    expect([day, week, month].map((at) => at.toISOString().slice(0, 13))).toEqual([
      '2026-03-30T12',
      '2026-03-24T12',
      '2026-03-01T12',
    ]);
  });

  it('keeps usage by hours', () => {
    expect(hourOf(new Date('2026-03-31T12:59:59.999Z'))).toEqual(new Date('2026-03-31T12:00:00Z'));
  });
});
