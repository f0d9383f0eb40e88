import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BLOCK, SEARCH, UPDATE } from './operations.ts';
import { type Answer, type ProfilesFixture, startProfiles, type TestPerson } from './profiles-fixture.ts';

let profiles: ProfilesFixture;
let viewer: TestPerson;
const made = new Map<string, TestPerson>();

const make = async (username: string, displayName: string, bio?: string) => {
  const person = await profiles.person({ username });
  await person.run(UPDATE, { input: { displayName, ...(bio ? { bio } : {}) } });
  made.set(username, person);
  return person;
};

beforeAll(async () => {
  profiles = await startProfiles();
  viewer = await profiles.person({ username: 'zz_viewer', firstName: 'View', lastName: 'Er' });
  await make('marian', 'Someone');
  await make('Marco_Polo', 'Traveller');
  await make('x_one', 'Maria Sklodowska', 'Physicist');
  await make('x_two', 'mar Elias');
  await make('x_three', 'Del Mar', 'Likes the sea');
  await make('x_four', 'Writer', 'Lives near MAR. Chiquita');
  await make('x_five', 'Marvin', 'mar mar');
});
afterAll(() => profiles.stop());

const search = async (run: TestPerson['run'], query: string, variables: Answer = {}) => {
  const connection = await run(SEARCH, { query, ...variables });
  const nameOf = (id: string) => [...made].find(([, person]) => person.id === id)?.[0] ?? id;
  return {
    names: connection.nodes.map(({ id }: Answer) => nameOf(id)) as string[],
    info: connection.pageInfo as Answer,
  };
};

const ALL = ['Marco_Polo', 'marian', 'x_two', 'x_one', 'x_five', 'x_four', 'x_three'];

describe('search', () => {
  it('finds by the beginning of the username, then of the name, then by words, each person once', async () => {
    expect((await search(viewer.run, 'mar')).names).toEqual(ALL);
  });

  it.each(['MAR', '  mar ', 'Mar'])('does not care for case and space (%j)', async (query) => {
    expect((await search(viewer.run, query)).names).toEqual(ALL);
  });

  it('wants all words, wherever they are', async () => {
    expect((await search(viewer.run, 'sea likes')).names).toEqual(['x_three']);
    expect((await search(viewer.run, 'likes mar')).names).toEqual(['x_three']);
    expect((await search(viewer.run, 'likes physicist')).names).toEqual([]);
  });

  it.each(['%mar', '-mar', '"mar', '$where', '.*', 'mar\\', "' or 1"])(
    'takes signs for what they are (%j)',
    async (query) => {
      const { names } = await search(viewer.run, query);
      expect(names.every((name) => ALL.includes(name))).toBe(true);
      expect((await search(viewer.run, '.*')).names).toEqual([]);
    },
  );

  it('is walked in both directions across all ways of being found, without a gap or a repeat', async () => {
    for (const size of [1, 2, 3, 5]) {
      const forward: string[] = [];
      let page = await search(viewer.run, 'mar', { first: size });
      for (;;) {
        forward.push(...page.names);
        if (!page.info.hasNextPage) break;
        page = await search(viewer.run, 'mar', { first: size, after: page.info.endCursor });
      }
      expect(forward).toEqual(ALL);
      const backward: string[] = [];
      page = await search(viewer.run, 'mar', { last: size });
      for (;;) {
        backward.unshift(...page.names);
        if (!page.info.hasPreviousPage) break;
        page = await search(viewer.run, 'mar', { last: size, before: page.info.startCursor });
      }
      expect(backward).toEqual(ALL);
    }
  });

  it('shows the anonymous what is public', async () => {
    expect((await search(profiles.anonymous, 'mar')).names).toEqual(ALL);
  });

  it.each(['m', '', ' m ', 'x'.repeat(101)])('refuses %j', async (query) => {
    const { errors } = await viewer.client.execute(SEARCH, { query });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', argument: 'query' });
  });
});

describe('search finds nobody whom the viewer may not see', () => {
  it('pages for friends are found by friends, private ones by their owner alone, with full pages for all', async () => {
    const friends = made.get('marian') as TestPerson;
    const hidden = made.get('x_two') as TestPerson;
    await profiles.setPrivacy(friends, { profileVisibility: 'FRIENDS' });
    await profiles.setPrivacy(hidden, { profileVisibility: 'PRIVATE' });
    const others = ALL.filter((name) => name !== 'marian' && name !== 'x_two');
    const page = await search(viewer.run, 'mar', { first: 3 });
    expect(page.names).toEqual(others.slice(0, 3));
    expect((await search(viewer.run, 'mar', { first: 3, after: page.info.endCursor })).names).toEqual(others.slice(3));
    expect((await search(profiles.anonymous, 'mar')).names).toEqual(others);
    await profiles.befriend(viewer, friends);
    expect((await search(viewer.run, 'mar')).names).toEqual(ALL.filter((name) => name !== 'x_two'));
    expect((await search(hidden.run, 'mar')).names).toContain('x_two');
  });

  it('a block hides both ways, a deactivated account is gone', async () => {
    const [blocked, blocker, gone] = ['x_one', 'x_five', 'x_four'].map((name) => made.get(name) as TestPerson) as [
      TestPerson,
      TestPerson,
      TestPerson,
    ];
    await viewer.run(BLOCK, { input: { userId: blocked.id } });
    await blocker.run(BLOCK, { input: { userId: viewer.id } });
    await profiles.publish('UserDeactivated', 2, { userId: gone.id });
    await profiles.person({ username: 'last_one' });
    expect((await search(viewer.run, 'mar')).names).toEqual(['Marco_Polo', 'marian', 'x_three']);
    expect((await search(blocked.run, 'view')).names).toEqual([]);
  });
});
