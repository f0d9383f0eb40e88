import { describe, expect, it } from 'vitest';
import { createDice } from './dice.ts';

const draws = (seed: string) => {
  const dice = createDice(seed);
  return Array.from({ length: 1_000 }, () => dice.between(1, 6));
};

describe('dice', () => {
  it('draw the same for the same seed and something else for another', () => {
    expect(draws('posts')).toEqual(draws('posts'));
    expect(draws('posts')).not.toEqual(draws('chats'));
  });

  it('draw every value between the two, evenly enough', () => {
    const counts = Object.values(Object.groupBy(draws('any'), String)).map((values) => values?.length ?? 0);
    expect(counts).toHaveLength(6);
    for (const count of counts) expect(Math.abs(count - 1_000 / 6)).toBeLessThan(50);
  });

  it('pick different ones, and no more than there are', () => {
    const dice = createDice('some');
    expect(dice.pickSome([1, 2, 3], 5).sort()).toEqual([1, 2, 3]);
    expect(new Set(dice.pickSome([1, 2, 3, 4, 5], 3)).size).toBe(3);
    expect(() => dice.pick([])).toThrow(RangeError);
  });

  it('let happen what always or never happens', () => {
    const dice = createDice('chance');
    expect([dice.chance(100), dice.chance(0)]).toEqual([true, false]);
  });
});
