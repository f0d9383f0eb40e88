import { DEFAULT_SETTINGS, STRANGERS } from '@postbook/people';
import { describe, expect, it } from 'vitest';
import type { Visibility } from './post.ts';
import {
  belongsInFeed,
  isPollOpen,
  mayChangePost,
  mayDeleteComment,
  mayFindPostsOf,
  mayMeet,
  mayMention,
  maySeeComment,
  maySeePost,
  mayTakePart,
  type PersonFacts,
  type Standing,
  standingTo,
} from './post-policy.ts';

const STANDINGS = ['self', 'friend', 'follower', 'stranger', 'blocked', 'anonymous'] as const;
const VISIBILITIES = ['Public', 'Friends', 'Private', 'Custom'] as const;
const STATUSES = [undefined, 'Active', 'Inactive', 'Suspended', 'Deleted', 'Unknown'] as const;

const person = (change: Partial<PersonFacts>): PersonFacts => ({
  standing: 'stranger',
  status: 'Active',
  settings: DEFAULT_SETTINGS,
  ...change,
});
const viewerOf = (standing: Standing) => (standing === 'anonymous' ? undefined : 'viewer');
const post = (visibility: Visibility, change: { audience?: string[]; isDeleted?: boolean } = {}) => ({
  authorId: 'author',
  visibility,
  audience: [],
  isDeleted: false,
  ...change,
});

describe('what a viewer is to somebody', () => {
  const friends = { ...STRANGERS, isFriend: true, isFollowing: true };
  it.each([
    [undefined, STRANGERS, 'anonymous'],
    ['ada', { ...friends, isBlocked: true }, 'self'],
    ['bob', { ...friends, isBlocked: true }, 'blocked'],
    ['bob', friends, 'friend'],
    ['bob', { ...STRANGERS, isFollowing: true }, 'follower'],
    ['bob', STRANGERS, 'stranger'],
  ])('%s', (viewerId, relation, standing) => {
    expect(standingTo(viewerId, 'ada', relation)).toBe(standing);
  });
});

/** Who sees a post of an active author, named in the audience or not. */
const SEES: Record<Visibility, { anyway: readonly Standing[]; ifNamed: readonly Standing[] }> = {
  Public: { anyway: ['self', 'friend', 'follower', 'stranger', 'anonymous'], ifNamed: [] },
  Friends: { anyway: ['self', 'friend'], ifNamed: [] },
  Private: { anyway: ['self'], ifNamed: [] },
  Custom: { anyway: ['self'], ifNamed: ['friend', 'follower', 'stranger'] },
};

describe('who sees a post', () => {
  const cases = VISIBILITIES.flatMap((visibility) => STANDINGS.map((standing) => [visibility, standing] as const));

  it.each(cases)('%s, %s', (visibility, standing) => {
    const viewer = viewerOf(standing);
    const author = person({ standing });
    const { anyway, ifNamed } = SEES[visibility];
    expect(maySeePost(viewer, post(visibility), author)).toBe(anyway.includes(standing));
    const named = post(visibility, { audience: ['viewer'] });
    expect(maySeePost(viewer, named, author)).toBe([...anyway, ...ifNamed].includes(standing));
    expect(mayTakePart(viewer, named, author)).toBe(
      standing !== 'anonymous' && [...anyway, ...ifNamed].includes(standing),
    );
  });

  it.each(STATUSES)('of an author who is %s: others only while the account takes part', (status) => {
    const isThere = status === undefined || status === 'Active';
    for (const standing of STANDINGS) {
      const author = person({ standing, status });
      const sees = standing === 'self' || (isThere && standing !== 'blocked');
      expect(maySeePost(viewerOf(standing), post('Public'), author)).toBe(sees);
      expect(mayMeet(author)).toBe(sees);
    }
  });

  it('that is deleted: nobody', () => {
    for (const standing of STANDINGS) {
      for (const visibility of VISIBILITIES) {
        const deleted = post(visibility, { isDeleted: true, audience: ['viewer'] });
        expect(maySeePost(viewerOf(standing), deleted, person({ standing }))).toBe(false);
      }
    }
  });

  it('does not follow who sees the page', () => {
    const settings = { ...DEFAULT_SETTINGS, profileVisibility: 'Private' as const };
    expect(maySeePost('viewer', post('Public'), person({ settings }))).toBe(true);
  });
});

describe('who finds posts on a page and in search', () => {
  const finders = {
    Public: ['self', 'friend', 'follower', 'stranger', 'anonymous'],
    Friends: ['self', 'friend'],
    Private: ['self'],
  } as const;

  it.each(Object.keys(finders) as (keyof typeof finders)[])('of a %s page', (profileVisibility) => {
    const settings = { ...DEFAULT_SETTINGS, profileVisibility };
    for (const standing of STANDINGS) {
      const expected = (finders[profileVisibility] as readonly Standing[]).includes(standing);
      expect(mayFindPostsOf(person({ standing, settings }))).toBe(expected);
      if (standing !== 'self') {
        expect(mayFindPostsOf(person({ standing, settings, status: 'Suspended' }))).toBe(false);
      }
    }
  });
});

describe('a home feed', () => {
  it.each(STANDINGS)('has posts of a %s who is followed', (standing) => {
    expect(belongsInFeed(person({ standing }), true)).toBe(true);
    expect(belongsInFeed(person({ standing }), false)).toBe(standing === 'self');
  });
});

describe('who sees a comment on a post that they see', () => {
  it.each(STANDINGS)('of a %s', (standing) => {
    for (const status of STATUSES) {
      const isThere = status === undefined || status === 'Active';
      const expected = standing === 'self' || status === 'Deleted' || (isThere && standing !== 'blocked');
      expect(maySeeComment(person({ standing, status }))).toBe(expected);
    }
  });
});

describe('who may change and delete', () => {
  it('a post: its author, while it is there', () => {
    expect(mayChangePost('author', post('Public'))).toBe(true);
    expect(mayChangePost('viewer', post('Public'))).toBe(false);
    expect(mayChangePost('author', post('Public', { isDeleted: true }))).toBe(false);
  });

  it('a comment: its author and the post’s, while it is there', () => {
    const comment = { authorId: 'commenter', isDeleted: false };
    expect(mayDeleteComment('commenter', comment, post('Public'))).toBe(true);
    expect(mayDeleteComment('author', comment, post('Public'))).toBe(true);
    expect(mayDeleteComment('viewer', comment, post('Public'))).toBe(false);
    expect(mayDeleteComment('commenter', { ...comment, isDeleted: true }, post('Public'))).toBe(false);
  });
});

describe('who may be mentioned', () => {
  const mentions = {
    Everyone: ['self', 'friend', 'follower', 'stranger'],
    Friends: ['self', 'friend'],
    None: ['self'],
  } as const;

  it.each(Object.keys(mentions) as (keyof typeof mentions)[])('by an author, when they allow %s', (allowMentions) => {
    const settings = { ...DEFAULT_SETTINGS, allowMentions };
    for (const standing of ['self', 'friend', 'follower', 'stranger', 'blocked'] as const) {
      const expected = (mentions[allowMentions] as readonly Standing[]).includes(standing);
      expect(mayMention(person({ standing, settings }))).toBe(expected);
      if (standing !== 'self') expect(mayMention(person({ standing, settings, status: 'Inactive' }))).toBe(false);
    }
  });
});

describe('a poll', () => {
  it('takes votes until it expires', () => {
    const poll = { question: '?', options: [], allowMultipleAnswers: false, votersCount: 0 };
    const noon = new Date('2026-01-01T12:00:00Z');
    expect(isPollOpen({ ...poll, expiresAt: null }, noon)).toBe(true);
    expect(isPollOpen({ ...poll, expiresAt: new Date(noon.getTime() + 1) }, noon)).toBe(true);
    expect(isPollOpen({ ...poll, expiresAt: noon }, noon)).toBe(false);
  });
});
