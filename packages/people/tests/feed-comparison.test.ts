import { describe, expect, it } from 'vitest';
import { lackingOfAccount, lackingOfPair, lackingOfProfile } from '../src/feed-comparison.ts';
import { DEFAULT_SETTINGS } from '../src/index.ts';

const userId = '018f3c1e-7b1a-7c3d-8e4f-0123456789ab';
const other = '018f3c1e-7b1a-7c3d-8e4f-0123456789ac';
const noVersions = { username: undefined, profile: undefined, status: undefined };

describe('what the copies lack of an account', () => {
  const entry = { id: userId, username: 'ada', status: 'ACTIVE', version: 3 } as const;
  const stored = (card: object, versions: object) => ({
    card: { userId, ...card },
    versions: { ...noVersions, ...versions },
  });

  it('is all of one that was never told of', () => {
    expect(lackingOfAccount(entry, undefined).map((change) => change.copy === 'card' && change.change)).toEqual([
      { part: 'username', set: { username: 'ada' } },
      { part: 'status', set: { status: 'Active' } },
    ]);
  });

  it('is nothing when the values are right, whatever version they are of', () => {
    const known = stored({ username: 'ada', status: 'Active' }, { username: 1, status: 2 });
    expect(lackingOfAccount(entry, known)).toEqual([]);
  });

  it('is nothing when an event told something newer meanwhile', () => {
    const known = stored({ username: 'adele', status: 'Suspended' }, { username: 4, status: 4 });
    expect(lackingOfAccount(entry, known)).toEqual([]);
  });

  it('is the part alone whose event was lost', () => {
    const known = stored({ username: 'old', status: 'Active' }, { username: 1, status: 1 });
    expect(lackingOfAccount(entry, known)).toEqual([
      { copy: 'card', userId, version: 3, change: { part: 'username', set: { username: 'ada' } } },
    ]);
  });

  it('is the erasure of one that was purged, once', () => {
    const deleted = { ...entry, status: 'DELETED' } as const;
    expect(lackingOfAccount(deleted, stored({ username: 'ada' }, { username: 2 }))).toHaveLength(3);
    expect(lackingOfAccount(deleted, stored({ status: 'Deleted' }, {}))).toEqual([]);
  });
});

describe('what the copies lack of a profile', () => {
  const settings = {
    profileVisibility: 'PUBLIC',
    allowMessages: 'EVERYONE',
    allowTagging: 'FRIENDS',
    allowMentions: 'FRIENDS',
    showOnlineStatus: true,
    showLastSeen: true,
  } as const;
  const entry = { userId, displayName: 'Ada', avatarUrl: null, version: 5, settings };
  const defaults = { settings: DEFAULT_SETTINGS, version: 0 };

  it('is the card alone while nothing but the defaults hold', () => {
    expect(lackingOfProfile(entry, undefined, defaults)).toEqual([
      { copy: 'card', userId, version: 5, change: { part: 'profile', set: { displayName: 'Ada', avatarUrl: null } } },
    ]);
  });

  it('is the settings that are others, unless newer ones are known', () => {
    const card = { card: { userId, displayName: 'Ada' }, versions: { ...noVersions, profile: 1 } };
    const closed = { ...entry, settings: { ...settings, allowMessages: 'NONE' as const } };
    expect(lackingOfProfile(closed, card, defaults)).toEqual([
      { copy: 'settings', userId, version: 5, settings: { ...DEFAULT_SETTINGS, allowMessages: 'None' } },
    ]);
    expect(lackingOfProfile(closed, card, { settings: DEFAULT_SETTINGS, version: 6 })).toEqual([]);
  });
});

describe('what the copies lack of a pair', () => {
  const entry = {
    userIds: [userId, other],
    revision: 7,
    edges: [
      { kind: 'FRIEND' as const, fromUserId: userId, toUserId: other },
      { kind: 'FOLLOW' as const, fromUserId: other, toUserId: userId },
    ],
  };
  const kinds = (changes: ReturnType<typeof lackingOfPair>) =>
    changes.map((change) => change.copy === 'relation' && [change.change.kind, change.change.isActive, change.version]);

  it('is every edge that there is, and follows only where they are kept', () => {
    expect(kinds(lackingOfPair(entry, new Map(), ['Friend', 'Follow', 'Block']))).toEqual([
      ['Friend', true, 7],
      ['Follow', true, 7],
    ]);
    expect(kinds(lackingOfPair(entry, new Map(), ['Friend', 'Block']))).toEqual([['Friend', true, 7]]);
  });

  it('is the end of an edge whose removal was lost', () => {
    const stored = new Map([
      [`Block:${userId}:${other}`, { isActive: true, version: 4 }],
      [`Friend:${userId}:${other}`, { isActive: true, version: 7 }],
    ]);
    expect(kinds(lackingOfPair(entry, stored, ['Friend', 'Block']))).toEqual([['Block', false, 7]]);
  });

  it('is nothing where an event is ahead of the feed', () => {
    const stored = new Map([[`Friend:${userId}:${other}`, { isActive: false, version: 8 }]]);
    expect(lackingOfPair(entry, stored, ['Friend', 'Block'])).toEqual([]);
  });
});
