import type { Dice } from './dice.ts';
import type { SamplePerson } from './people.ts';

/** Two people, by their places in the list. */
export type Pair = readonly [number, number];

/** Who is what to whom. */
export interface SampleRelations {
  readonly friendships: readonly Pair[];
  /** The first asked the second, who hasn't answered. */
  readonly requests: readonly Pair[];
  /** The first follows the second without being a friend. */
  readonly follows: readonly Pair[];
  /** The first has blocked the second. */
  readonly blocks: readonly Pair[];
}

const keyOf = (a: number, b: number) => (a < b ? `${a}:${b}` : `${b}:${a}`);

/** Pairs that nobody is in twice. */
function createPairs() {
  const used = new Set<string>();
  return {
    /** Whether the pair was free; it is not any more. */
    take(a: number, b: number): boolean {
      if (a === b || used.has(keyOf(a, b))) return false;
      used.add(keyOf(a, b));
      return true;
    },
  };
}

/** Somebody near in the list: people know their neighbours, and a few from far away. */
function acquaintance(index: number, count: number, dice: Dice): number {
  if (dice.chance(25)) return dice.between(0, count - 1);
  return (index + dice.between(1, 12)) % count;
}

/** A few friends for everybody, a star that they follow, and some who don't get along. */
export function sampleRelations(people: readonly SamplePerson[], dice: Dice): SampleRelations {
  const count = people.length;
  const pairs = createPairs();
  const friendships: Pair[] = [];
  const add = (list: Pair[], a: number, b: number) => {
    if (pairs.take(a, b)) list.push([a, b]);
  };
  // The tour's three know each other, and so that its feed is full, some of everybody.
  for (const [a, b] of [
    [0, 1],
    [0, 2],
    [1, 2],
  ] as const) {
    if (b < count) add(friendships, a, b);
  }
  for (const index of dice.pickSome(people.slice(3), 24)) add(friendships, 0, index.index);
  for (const index of dice.pickSome(people.slice(3), 12)) add(friendships, 1, index.index);
  for (const { index } of people.slice(3)) {
    for (let wanted = dice.between(1, 2); wanted > 0; wanted -= 1)
      add(friendships, index, acquaintance(index, count, dice));
  }
  const stars = dice.pickSome(people.slice(3), Math.max(1, Math.round(count / 20)));
  const follows: Pair[] = [];
  const requests: Pair[] = [];
  const blocks: Pair[] = [];
  for (const { index } of people) {
    for (const star of dice.pickSome(stars, 1)) add(follows, index, star.index);
    if (dice.chance(10)) add(requests, acquaintance(index, count, dice), index);
    if (index > 2 && dice.chance(5)) add(blocks, index, dice.between(Math.min(3, count - 1), count - 1));
  }
  // Mixed: made in this order by several at a time, those who have many would wait for each other.
  const mixed = (pairs: readonly Pair[]) => dice.pickSome(pairs, pairs.length);
  return { friendships: mixed(friendships), requests, follows: mixed(follows), blocks };
}
