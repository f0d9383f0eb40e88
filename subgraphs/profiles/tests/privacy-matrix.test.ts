import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BLOCK, SEARCH, UPDATE, USER } from './operations.ts';
import { type Answer, type ProfilesFixture, startProfiles, type TestPerson } from './profiles-fixture.ts';

let profiles: ProfilesFixture;
let owner: TestPerson;
let viewers: Record<string, TestPerson['run']>;

beforeAll(async () => {
  profiles = await startProfiles();
  owner = await profiles.person({ username: 'matrix_owner', firstName: 'Mat', lastName: 'Rix' });
  await owner.run(UPDATE, { input: { bio: 'quokkas', dateOfBirth: '1990-01-02', location: { city: 'Perth' } } });
  const [friend, follower, stranger, blocked, blocker] = (await profiles.people(5)) as [
    TestPerson,
    TestPerson,
    TestPerson,
    TestPerson,
    TestPerson,
  ];
  await profiles.befriend(friend, owner);
  await profiles.follow(follower, owner);
  await profiles.follow(blocked, owner);
  await owner.run(BLOCK, { input: { userId: blocked.id } });
  await blocker.run(BLOCK, { input: { userId: owner.id } });
  viewers = {
    self: owner.run,
    friend: friend.run,
    follower: follower.run,
    stranger: stranger.run,
    anonymous: profiles.anonymous,
    blocked: blocked.run,
    blocker: blocker.run,
  };
});
afterAll(() => profiles.stop());

const as = (relation: string): TestPerson['run'] => viewers[relation] ?? profiles.anonymous;

const REFERENCE = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
  ... on User { displayName profile { bio } } } }`;

async function surface(relation: string) {
  const run = as(relation);
  // As another service refers to the person, say as the author of a post.
  const references = { representations: [{ __typename: 'User', id: owner.id }] };
  const [entity] = (await run(REFERENCE, references)) as unknown as [Answer];
  const byName: Answer | null = await run(USER, { username: 'MATRIX_owner' });
  const found = await Promise.all(
    ['matrix_ow', 'mat ri', 'quokkas'].map(async (query) => (await run(SEARCH, { query })).nodes.length === 1),
  );
  const { profile } = byName ?? {};
  return {
    card: byName?.displayName ?? null,
    page: profile?.bio ?? null,
    referenced: entity.profile?.bio ?? null,
    born: profile?.dateOfBirth ?? null,
    town: profile?.location?.city ?? null,
    friends: byName?.friends?.nodes.length ?? null,
    followers: byName?.followers?.nodes.length ?? null,
    following: byName?.following?.nodes.length ?? null,
    friendsCount: profile?.statistics.friendsCount ?? null,
    settings: profile?.privacy?.profileVisibility ?? null,
    found,
  };
}

const NOTHING = {
  card: null,
  page: null,
  referenced: null,
  born: null,
  town: null,
  friends: null,
  followers: null,
  following: null,
  friendsCount: null,
  settings: null,
  found: [false, false, false],
};
const CARD_ONLY = { ...NOTHING, card: 'Mat Rix' };
const LISTS = { friends: 1, followers: 2, following: 1, friendsCount: 1 };
const PAGE = { ...CARD_ONLY, ...LISTS, page: 'quokkas', referenced: 'quokkas', found: [true, true, true] };
const DETAILS = { born: '1990-01-02', town: 'Perth' };
const HIDDEN_LISTS = { friends: null, followers: null, following: null, friendsCount: null };

const OTHERS = ['friend', 'follower', 'stranger', 'anonymous'];
const seenBy = (seeing: readonly string[], seen: object) =>
  OTHERS.map((relation) => [relation, seeing.includes(relation) ? seen : CARD_ONLY] as const);

describe.each([
  ['a public page', { profileVisibility: 'PUBLIC' }, seenBy(OTHERS, PAGE), {}],
  [
    'a public page with all details',
    { profileVisibility: 'PUBLIC', showDateOfBirth: true, showLocation: true },
    seenBy(OTHERS, { ...PAGE, ...DETAILS }),
    {},
  ],
  [
    'a public page without lists',
    { profileVisibility: 'PUBLIC', showConnections: false },
    seenBy(OTHERS, { ...PAGE, ...HIDDEN_LISTS }),
    {},
  ],
  ['a page for friends', { profileVisibility: 'FRIENDS' }, seenBy(['friend'], PAGE), { settings: 'FRIENDS' }],
  [
    'a page for friends with all details',
    { profileVisibility: 'FRIENDS', showDateOfBirth: true, showLocation: true },
    seenBy(['friend'], { ...PAGE, ...DETAILS }),
    { settings: 'FRIENDS' },
  ],
  [
    'a private page with all details',
    { profileVisibility: 'PRIVATE', showDateOfBirth: true, showLocation: true },
    seenBy([], PAGE),
    { settings: 'PRIVATE' },
  ],
])('%s', (_what, settings, expected, own) => {
  beforeAll(async () => {
    const reset = { showDateOfBirth: false, showLocation: false, showConnections: true };
    await profiles.setPrivacy(owner, { ...reset, ...settings });
  });

  it.each(expected)('is seen by a %s as the policy says, on every surface', async (relation, seen) => {
    expect(await surface(relation)).toEqual(seen);
  });

  it('is seen whole by its owner', async () => {
    expect(await surface('self')).toEqual({ ...PAGE, ...DETAILS, settings: 'PUBLIC', ...own });
  });

  it.each(['blocked', 'blocker'])('is not there at all for a %s', async (relation) => {
    expect(await surface(relation)).toEqual(NOTHING);
  });
});

describe('a block', () => {
  it('leaves name and picture where something shared refers to the person, and nothing else', async () => {
    for (const relation of ['blocked', 'blocker']) {
      const [entity] = await as(relation)(
        `query ($representations: [_Any!]!) { _entities(representations: $representations) {
          ... on User { displayName avatarUrl profile { bio } friends { nodes { id } } relationship { isBlocked } } } }`,
        { representations: [{ __typename: 'User', id: owner.id }] },
      ).then((entities) => entities as unknown as Answer[]);
      expect(entity).toEqual({
        displayName: 'Mat Rix',
        avatarUrl: null,
        profile: null,
        friends: null,
        relationship: { isBlocked: relation === 'blocker' },
      });
    }
  });
});
