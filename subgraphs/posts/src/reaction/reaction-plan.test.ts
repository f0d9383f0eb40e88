import { describe, expect, it } from 'vitest';
import type { ReactionType } from './reaction.ts';
import { planReactions } from './reaction-plan.ts';

const known = new Map<string, ReactionType>([
  ['ada', 'Like'],
  ['bob', 'Sad'],
]);
const plan = (...wishes: [string, ReactionType | undefined][]) => {
  const { steps, outcomes, counts } = planReactions(
    known,
    wishes.map(([actorId, to]) => ({ actorId, to, at: new Date(0) })),
  );
  return {
    steps: steps.map(({ actorId, from, to }) => `${actorId} ${from ?? '-'} ${to ?? '-'}`),
    outcomes: Object.fromEntries(outcomes.map(({ actorId, to }) => [actorId, to])),
    counts: Object.fromEntries(counts),
  };
};

describe('a plan of reactions', () => {
  it('has what comes, changes and goes, and the difference it makes', () => {
    expect(plan(['eve', 'Wow'], ['ada', 'Love'], ['bob', undefined])).toEqual({
      steps: ['eve - Wow', 'ada Like Love', 'bob Sad -'],
      outcomes: { eve: 'Wow', ada: 'Love', bob: undefined },
      counts: { Wow: 1, Love: 1, Like: -1, Sad: -1 },
    });
  });

  it('is empty for what is so already', () => {
    expect(plan(['ada', 'Like'], ['eve', undefined])).toEqual({ steps: [], outcomes: {}, counts: {} });
  });

  it('tells each of several wishes of one person and stores the last', () => {
    expect(plan(['eve', 'Like'], ['eve', 'Like'], ['eve', 'Haha'])).toEqual({
      steps: ['eve - Like', 'eve Like Haha'],
      outcomes: { eve: 'Haha' },
      counts: { Like: 0, Haha: 1 },
    });
  });

  it('stores nothing for who ends where they began', () => {
    expect(plan(['ada', undefined], ['ada', 'Like'])).toMatchObject({ outcomes: {}, counts: { Like: 0 } });
  });
});
