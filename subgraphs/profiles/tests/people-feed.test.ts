import { createInternalClient } from '@postbook/service-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { UNFOLLOW } from './operations.ts';
import { type Answer, type ProfilesFixture, startProfiles, type TestPerson } from './profiles-fixture.ts';

const PAGE = 'pageInfo { hasNextPage endCursor startCursor }';
const ARGUMENTS = 'since: $since, first: $first, after: $after, last: $last, before: $before';
const operation = (field: string, selection: string) =>
  `query ($since: DateTime, $first: Int, $after: String, $last: Int, $before: String) {
    feed: ${field}(${ARGUMENTS}) { nodes { ${selection} } ${PAGE} }
  }`;
const PROFILES = operation(
  'profileFeed',
  'userId displayName avatarUrl version settings { allowMessages showLastSeen }',
);
const PAIRS = operation('pairFeed', 'userIds revision edges { kind fromUserId toUserId }');
const shape = z.object({ feed: z.object({ nodes: z.array(z.record(z.string(), z.unknown())), pageInfo: z.any() }) });

let profiles: ProfilesFixture;
let people: TestPerson[];
beforeAll(async () => {
  profiles = await startProfiles();
  people = [];
  for (let count = 0; count < 4; count += 1) people.push(await profiles.person());
});
afterAll(() => profiles.stop());

const read = async (query: string, variables: Answer = {}) => {
  const { secret, url } = profiles;
  const client = createInternalClient({ owner: 'profiles', url: `${url}/graphql`, secret, service: 'posts' });
  return (await client.query(query, variables, shape)).feed;
};
const [ada, bob, carl, dora] = [0, 1, 2, 3].map((index) => () => people[index] as TestPerson) as [
  () => TestPerson,
  () => TestPerson,
  () => TestPerson,
  () => TestPerson,
];

describe('the feed of profiles for other services', () => {
  it('has every profile with the settings others enforce, the last change at the end, page by page', async () => {
    await profiles.setPrivacy(ada(), { allowMessages: 'NONE', showLastSeen: false });
    const first = await read(PROFILES, { first: 3 });
    expect(first.nodes.map(({ userId }) => userId)).toEqual([bob().id, carl().id, dora().id]);
    const rest = await read(PROFILES, { first: 3, after: first.pageInfo.endCursor });
    expect(rest.nodes).toEqual([
      {
        userId: ada().id,
        displayName: 'Ada Lovelace',
        avatarUrl: null,
        version: 2,
        settings: { allowMessages: 'NONE', showLastSeen: false },
      },
    ]);
    expect(rest.pageInfo.hasNextPage).toBe(false);
    const back = await read(PROFILES, { last: 2, before: rest.pageInfo.startCursor });
    expect(back.nodes.map(({ userId }) => userId)).toEqual([carl().id, dora().id]);
  });

  it('has only what changed since a moment', async () => {
    const since = new Date().toISOString();
    await profiles.setPrivacy(bob(), { allowMessages: 'FRIENDS' });
    expect((await read(PROFILES, { since })).nodes.map(({ userId }) => userId)).toEqual([bob().id]);
  });
});

describe('the feed of what is between people', () => {
  it('has all edges of a pair, a friendship once, and the version of all', async () => {
    await profiles.befriend(ada(), bob());
    const [a, b] = [ada().id, bob().id].sort();
    const { nodes } = await read(PAIRS);
    const pair = nodes.find(({ userIds }) => String(userIds) === String([a, b])) as Answer;
    expect(pair.revision).toBeGreaterThan(0);
    expect(
      new Set(pair.edges.map(({ kind, fromUserId, toUserId }: Answer) => `${kind} ${fromUserId} ${toUserId}`)),
    ).toEqual(new Set([`FRIEND ${a} ${b}`, `FOLLOW ${a} ${b}`, `FOLLOW ${b} ${a}`]));
  });

  it('tells a pair between whom nothing is left, with a higher version', async () => {
    await profiles.follow(carl(), dora());
    const since = new Date().toISOString();
    const before = (await read(PAIRS)).nodes.at(-1) as Answer;
    await carl().run(UNFOLLOW, { input: { userId: dora().id } });
    const { nodes } = await read(PAIRS, { since });
    expect(nodes).toEqual([{ userIds: [carl().id, dora().id].sort(), revision: before.revision + 1, edges: [] }]);
  });

  it('tells who blocked whom, and not who muted whom', async () => {
    await profiles.block(dora(), carl());
    await profiles.db.collection('relationships').insertOne({
      from: carl().id,
      to: dora().id,
      kind: 'Mute',
      version: 1,
      createdAt: new Date(),
    });
    expect((await read(PAIRS)).nodes.at(-1)?.edges).toEqual([
      { kind: 'BLOCK', fromUserId: dora().id, toUserId: carl().id },
    ]);
  });
});

it('neither is told to people or to nobody', async () => {
  for (const query of [PROFILES, PAIRS]) {
    for (const caller of [ada().client, profiles.client()]) {
      const { data, errors } = await caller.execute(query);
      expect([data, errors?.map(({ extensions }) => extensions?.code)]).toEqual([{ feed: null }, ['FORBIDDEN']]);
    }
  }
});

it('a forged cursor is the caller’s mistake', async () => {
  await expect(read(PAIRS, { after: 'bm90aGluZw' })).rejects.toThrow('does not answer');
});
