import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BLOCK, FOLLOWERS, REQUESTS, SEND, USER } from './operations.ts';
import { type Answer, type ProfilesFixture, startProfiles, type TestPerson } from './profiles-fixture.ts';

let profiles: ProfilesFixture;
let star: TestPerson;
let fans: TestPerson[];
beforeAll(async () => {
  profiles = await startProfiles();
  star = await profiles.person({ username: 'the_star' });
  fans = await profiles.people(7);
  for (const fan of fans) await profiles.follow(fan, star);
  // Equal times must neither skip nor repeat anybody.
  await profiles.db.collection('relationships').updateMany({ to: star.id }, { $set: { createdAt: new Date() } });
});
afterAll(() => profiles.stop());

const page = async (run: TestPerson['run'], variables: Answer) =>
  (await run(FOLLOWERS, { username: 'the_star', ...variables })).followers as Answer;
const idsOf = (connection: Answer) => connection.nodes.map(({ id }: Answer) => id) as string[];

async function walk(run: TestPerson['run'], size: number, direction: 'forward' | 'backward') {
  const pages: string[][] = [];
  let cursor: string | null = null;
  for (;;) {
    const variables: Answer = direction === 'forward' ? { first: size, after: cursor } : { last: size, before: cursor };
    const connection = await page(run, variables);
    pages.push(idsOf(connection));
    const { pageInfo } = connection;
    if (!(direction === 'forward' ? pageInfo.hasNextPage : pageInfo.hasPreviousPage)) return pages;
    cursor = direction === 'forward' ? pageInfo.endCursor : pageInfo.startCursor;
  }
}

describe('a list of people', () => {
  it('is walked forwards and backwards without a gap or a repeat, whatever the size of a page', async () => {
    const whole = idsOf(await page(star.run, {}));
    expect(new Set(whole)).toEqual(new Set(fans.map(({ id }) => id)));
    for (const size of [1, 2, 3, 7, 50]) {
      expect((await walk(star.run, size, 'forward')).flat()).toEqual(whole);
      expect((await walk(star.run, size, 'backward')).reverse().flat()).toEqual(whole);
    }
  });

  it('tells whether there is more on either side', async () => {
    const { pageInfo: first } = await page(star.run, { first: 3 });
    expect(first).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    const { pageInfo: second } = await page(star.run, { first: 4, after: first.endCursor });
    expect(second).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    expect((await page(star.run, { last: 7 })).pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: false });
  });

  it('has 20 by default and none with empty cursors when there is nobody', async () => {
    const loner = await profiles.person();
    const { friends, following } = await loner.run(
      `query ($username: String!) { userByUsername(username: $username) {
        friends { nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }
        following { nodes { id } } } }`,
      { username: loner.username },
    );
    expect(friends).toEqual({
      nodes: [],
      pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
    });
    expect(following).toEqual({ nodes: [] });
  });

  it('fills its pages though the viewer is blocked from some of it, and shows no trace of them', async () => {
    const viewer = await profiles.person();
    const [hidden, blocker] = [fans[1] as TestPerson, fans[4] as TestPerson];
    await viewer.run(BLOCK, { input: { userId: hidden.id } });
    await blocker.run(BLOCK, { input: { userId: viewer.id } });
    const pages = await walk(viewer.run, 2, 'forward');
    expect(pages.map(({ length }) => length)).toEqual([2, 2, 1]);
    expect(pages.flat()).not.toContain(hidden.id);
    expect(pages.flat()).not.toContain(blocker.id);
    expect((await walk(viewer.run, 2, 'backward')).reverse().flat()).toEqual(pages.flat());
  });

  it('leaves out who deactivated their account', async () => {
    const gone = fans[6] as TestPerson;
    await profiles.publish('UserDeactivated', 2, { userId: gone.id });
    await profiles.person();
    expect(idsOf(await page(star.run, {}))).not.toContain(gone.id);
    expect(idsOf(await page(star.run, {}))).toHaveLength(6);
  });
});

describe('friend requests that wait', () => {
  it('are listed newest first and walked both ways', async () => {
    const receiver = await profiles.person();
    const senders = await profiles.people(5);
    for (const sender of senders) await sender.run(SEND, { input: { userId: receiver.id } });
    const newestFirst = senders.map(({ id }) => id).reverse();
    const read = async (variables: Answer) => {
      const connection = await receiver.run(REQUESTS, { direction: 'INCOMING', ...variables });
      return { senders: connection.nodes.map(({ sender }: Answer) => sender.id), info: connection.pageInfo };
    };
    const first = await read({ first: 2 });
    const second = await read({ first: 2, after: first.info.endCursor });
    const third = await read({ first: 2, after: second.info.endCursor });
    expect([...first.senders, ...second.senders, ...third.senders]).toEqual(newestFirst);
    expect(third.info.hasNextPage).toBe(false);
    const back = await read({ last: 2, before: third.info.startCursor });
    expect(back.senders).toEqual(second.senders);
  });

  it('refuse the cursor of the other direction', async () => {
    const [sender, receiver] = (await profiles.people(2)) as [TestPerson, TestPerson];
    await sender.run(SEND, { input: { userId: receiver.id } });
    const { pageInfo } = await receiver.run(REQUESTS, { direction: 'INCOMING' });
    const { errors } = await sender.client.execute(REQUESTS, { direction: 'OUTGOING', after: pageInfo.endCursor });
    expect(errors?.[0]?.extensions?.code).toBe('BAD_USER_INPUT');
  });
});

it('one answer reads people, relations and requests in batches', async () => {
  const { followers } = await star.run(
    `query ($username: String!) { userByUsername(username: $username) { followers {
      nodes { id displayName profile { bio } relationship { isFollowedBy pendingRequest { id } } } } } }`,
    { username: 'the_star' },
  );
  expect(followers.nodes).toHaveLength(6);
  for (const node of followers.nodes) expect(node.relationship).toEqual({ isFollowedBy: true, pendingRequest: null });
  expect((await star.run(USER, { username: 'the_star' })).followers.nodes).toHaveLength(6);
});
