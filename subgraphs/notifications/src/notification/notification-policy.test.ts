import { describe, expect, it } from 'vitest';
import type { Cause } from '../causes/cause.ts';
import { begin } from './notification-group.ts';
import { isOver, mayTell, type RecipientFacts, visibleNotification } from './notification-policy.ts';

const cause: Cause = {
  key: 'Reaction:Post:p:bob',
  version: 1,
  type: 'Like',
  templateKey: 'LikePost',
  groupKey: 'Like:Post:p',
  actorId: 'bob',
  related: { type: 'Post', id: 'p' },
  context: {},
  entities: ['Post:p'],
  at: new Date(0),
};

const nothing: RecipientFacts = {
  isErased: false,
  hiddenActors: new Set(),
  blockedActors: new Set(),
  deletedEntities: new Set(),
  silencedTypes: new Set(),
};

describe('whether somebody is told', () => {
  it.each<[string, Partial<RecipientFacts>, Partial<Cause>, boolean]>([
    ['nothing against it', {}, {}, true],
    ['their own deed', {}, { actorId: 'me' }, false],
    ['an erased account', { isErased: true }, {}, false],
    ['a hidden person’s deed', { hiddenActors: new Set(['bob']) }, {}, false],
    ['a deed across a block', { blockedActors: new Set(['bob']) }, {}, false],
    ['others hidden and blocked', { hiddenActors: new Set(['eve']), blockedActors: new Set(['eve']) }, {}, true],
    ['something that is gone', { deletedEntities: new Set(['Post:p']) }, {}, false],
    ['something else that is gone', { deletedEntities: new Set(['Post:q']) }, {}, true],
    ['a kind they don’t want', { silencedTypes: new Set(['Like'] as const) }, {}, false],
    ['another kind they don’t want', { silencedTypes: new Set(['Follow'] as const) }, {}, true],
    ['a notice of nobody', { hiddenActors: new Set(['bob']) }, { actorId: null }, true],
  ])('%s', (_what, facts, change, expected) => {
    expect(mayTell('me', { ...cause, ...change }, { ...nothing, ...facts })).toBe(expected);
  });

  it.each([
    ['Like', 89, false],
    ['Like', 90, true],
    ['Security', 364, false],
    ['Security', 365, true],
  ] as const)('%s of %i days ago is over: %s', (type, days, expected) => {
    expect(isOver({ ...cause, type }, new Date(days * 86_400_000))).toBe(expected);
  });
});

describe('what its owner sees of a notification', () => {
  const group = { ...begin('n', 'me', cause), actorIds: ['bob', 'eve', 'fay'], actorCount: 9 };
  it('are those whom they may see, and the number without the others', () => {
    expect(visibleNotification(group, (id) => id !== 'eve')).toMatchObject({ actorIds: ['bob', 'fay'], actorCount: 8 });
  });
  it('is nothing when nobody of it may be seen', () => {
    expect(visibleNotification(group, () => false)).toBeNull();
  });
  it('is all of a notice that nobody did', () => {
    const notice = begin('n', 'me', { ...cause, actorId: null });
    expect(visibleNotification(notice, () => false)).toMatchObject({ id: 'n' });
  });
});
