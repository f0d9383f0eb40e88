/** Draws the same values for the same seed, on every machine: the sample data of everybody is the same. */
export interface Dice {
  /** A number from 0 up to but not 1. */
  roll(): number;
  /** A whole number between the two, both included. */
  between(low: number, high: number): number;
  /** Whether something happens that does in so many of a hundred cases. */
  chance(percent: number): boolean;
  /** One of the values. @throws RangeError when there are none. */
  pick<T>(values: readonly T[]): T;
  /** Up to `count` different ones, in the order in which they were drawn. */
  pickSome<T>(values: readonly T[], count: number): T[];
}

/** FNV-1a: spreads the letters of a seed over 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const letter of text) value = Math.imul(value ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  return value >>> 0;
}

/** Dice of one purpose; others' draws don't change its own, so that a new kind of sample leaves the old ones as they are. */
export function createDice(seed: string): Dice {
  let state = hash(seed);

  /** Mulberry32: small, quick, and plenty for samples. */
  function roll(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  const between = (low: number, high: number) => low + Math.floor(roll() * (high - low + 1));

  return {
    roll,
    between,
    chance: (percent) => roll() * 100 < percent,
    pick(values) {
      const value = values[between(0, values.length - 1)];
      if (value === undefined) throw new RangeError('there is nothing to pick from');
      return value;
    },
    pickSome(values, count) {
      const left = [...values];
      const some = [];
      while (some.length < count && left.length > 0) some.push(...left.splice(between(0, left.length - 1), 1));
      return some;
    },
  };
}
