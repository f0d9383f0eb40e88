import { describe, expect, it } from 'vitest';
import type { Cause, Effect } from './cause.ts';
import { foldEffects, toldSource } from './fold-effects.ts';

const cause = (version: number): Cause => ({
  key: 'Reaction:Post:p:bob',
  version,
  type: 'Like',
  templateKey: 'LikePost',
  groupKey: 'Like:Post:p',
  actorId: 'bob',
  related: { type: 'Post', id: 'p' },
  context: {},
  entities: ['Post:p'],
  at: new Date(0),
});

/** `+3` tells with version 3, `-3` takes back with it. */
const effectOf = (written: string): Effect => {
  const version = Number(written.slice(1));
  return written.startsWith('+')
    ? { kind: 'Tell', cause: cause(version) }
    : { kind: 'TakeBack', key: cause(version).key, actorId: 'bob', version, at: new Date(0) };
};

const active = toldSource('me', cause(5), 5, 'n');
const inactive = { ...active, isActive: false };

describe('effects on one thing', () => {
  it.each<[string, typeof active | undefined, string, string]>([
    ['unknown', undefined, '+1', 'told 1'],
    ['unknown', undefined, '-1', 'kept back 1'],
    ['unknown', undefined, '+1 +1', 'told 1'],
    ['unknown', undefined, '+1 +2', 'told 2'],
    ['unknown', undefined, '+1 -2', 'kept back 2'],
    ['unknown', undefined, '-2 +1', 'kept back 2'],
    ['unknown', undefined, '-2 +3', 'kept back 3, told 3'],
    ['unknown', undefined, '-2 +2', 'kept back 2'],
    ['counting', active, '+5', 'as before'],
    ['counting', active, '+4', 'as before'],
    ['counting', active, '-4', 'as before'],
    ['counting', active, '+6', 'counting 6'],
    ['counting', active, '-5', 'kept back 5, released'],
    ['counting', active, '-6', 'kept back 6, released'],
    ['counting', active, '-6 +7', 'kept back 7, released, told 7'],
    ['counting', active, '-6 +7 -8', 'kept back 8, released'],
    ['taken back', inactive, '+5', 'as before'],
    ['taken back', inactive, '-5', 'as before'],
    ['taken back', inactive, '+6', 'kept back 6, told 6'],
    ['taken back', inactive, '-7', 'kept back 7'],
  ])('%s, %o: %s → %s', (_what, known, effects, expected) => {
    const folded = foldEffects('me', known, effects.split(' ').map(effectOf));
    const parts = [
      folded.source && `${folded.source.isActive ? 'counting' : 'kept back'} ${folded.source.version}`,
      folded.isReleased && 'released',
      folded.cause && `told ${folded.version}`,
    ];
    expect(parts.filter(Boolean).join(', ') || 'as before').toBe(expected);
  });
});
