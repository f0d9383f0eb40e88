import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPost, deletePost, publish, readPost, vote } from './support/operations.ts';
import { type Person, type Posts, startPosts } from './support/posts.ts';

let posts: Posts;
let ada: Person;
let bob: Person;
let eve: Person;
let clock = new Date();
beforeAll(async () => {
  posts = await startPosts({ instances: 2, overrides: { now: () => clock } });
  [ada, bob, eve] = await posts.people('ada', 'bob', 'eve');
  await posts.befriend(ada, bob);
});
afterAll(() => posts.stop());

const codesOf = ({ errors }: { errors: readonly { code: string; path: readonly string[] }[] }) =>
  errors.map(({ code, path }) => `${code} ${path.slice(1).join('.')}`);

const ask = async (more: Record<string, unknown> = {}, visibility = 'PUBLIC') => {
  const poll = { question: 'Which?', options: ['This', 'That', 'Neither'], ...more };
  const post = await publish(ada, '', { poll, visibility });
  const [one = '', two = '', three = ''] = post.poll?.options.map(({ id }) => id) ?? [];
  return { id: post.id, poll: post.poll, options: [one, two, three] as const };
};
const votesOf = (poll: { options: readonly { voteCount: number }[] } | null | undefined) =>
  poll?.options.map(({ voteCount }) => voteCount);
const chosenBy = async (person: Person, id: string) =>
  (await readPost(person.client, id))?.poll?.options
    .filter(({ isViewerChoice }) => isViewerChoice)
    .map(({ text }) => text);

describe('a poll', () => {
  it('is asked with its options, without votes', async () => {
    const { id, poll } = await ask();
    expect(poll).toMatchObject({ question: 'Which?', voterCount: 0, isOpen: true, allowMultipleAnswers: false });
    expect(poll?.options).toMatchObject(
      ['This', 'That', 'Neither'].map((text) => ({ text, voteCount: 0, percentage: 0, isViewerChoice: false })),
    );
    expect((await readPost(bob.client, id))?.kind).toBe('POLL');
  });

  it.each<[string, Record<string, unknown>, string[]]>([
    ['without a question', { question: ' ' }, ['REQUIRED poll.question']],
    ['with a question of 301 characters', { question: 'x'.repeat(301) }, ['TOO_LONG poll.question']],
    ['with one option', { options: ['a'] }, ['TOO_SHORT poll.options']],
    ['with eleven options', { options: Array.from({ length: 11 }, (_, n) => `${n}`) }, ['TOO_LONG poll.options']],
    ['with an empty option', { options: ['a', ' '] }, ['REQUIRED poll.options.1']],
    ['with an option of 101 characters', { options: ['a', 'x'.repeat(101)] }, ['TOO_LONG poll.options.1']],
    ['with an option twice', { options: ['a', 'b', 'a '] }, ['ALREADY_DONE poll.options.2']],
    ['that is over', { expiresAt: '2020-01-01T00:00:00Z' }, ['INVALID_FORMAT poll.expiresAt']],
    ['for more than a year', { expiresAt: '2999-01-01T00:00:00Z' }, ['TOO_LONG poll.expiresAt']],
  ])('is refused %s', async (_what, more, expected) => {
    const poll = { question: 'Which?', options: ['a', 'b'], ...more };
    expect(codesOf(await createPost(ada.client, { poll, visibility: 'PUBLIC' }))).toEqual(expected);
  });

  it('has no files', async () => {
    const poll = { question: 'Which?', options: ['a', 'b'] };
    const payload = await createPost(ada.client, { poll, mediaIds: ['1'.repeat(24)], visibility: 'PUBLIC' });
    expect(codesOf(payload)).toEqual(['NOT_ALLOWED mediaIds']);
  });
});

describe('voting', () => {
  it('counts one answer per person, which they may change and take back', async () => {
    const { id, options } = await ask();
    const [one, two] = options;
    expect(votesOf((await vote(bob.client, id, one)).post?.poll)).toEqual([1, 0, 0]);
    expect((await vote(eve.client, id, one)).post?.poll).toMatchObject({
      voterCount: 2,
      options: [{ voteCount: 2, percentage: 100, isViewerChoice: true }, {}, {}],
    });
    expect(votesOf((await vote(bob.client, id, two)).post?.poll)).toEqual([1, 1, 0]);
    expect(await chosenBy(bob, id)).toEqual(['That']);
    expect(await chosenBy(ada, id)).toEqual([]);
    expect((await vote(bob.client, id)).post?.poll).toMatchObject({ voterCount: 1 });
    expect(await chosenBy(bob, id)).toEqual([]);
  });

  it('takes several answers where the poll allows it', async () => {
    const { id, options } = await ask({ allowMultipleAnswers: true });
    await vote(bob.client, id, options[0], options[1]);
    const { post } = await vote(eve.client, id, options[1], options[2], options[1]);
    expect(post?.poll).toMatchObject({
      voterCount: 2,
      options: [{ voteCount: 1, percentage: 50 }, { voteCount: 2, percentage: 100 }, { voteCount: 1 }],
    });
    expect(votesOf((await vote(bob.client, id, options[2])).post?.poll)).toEqual([0, 1, 2]);
  });

  it('is refused for what the poll doesn’t take, and to who doesn’t see it', async () => {
    const { id, options } = await ask({}, 'FRIENDS');
    expect(codesOf(await vote(bob.client, id, options[0], options[1]))).toEqual(['TOO_LONG optionIds']);
    expect(codesOf(await vote(bob.client, id, 'x'))).toEqual(['NOT_FOUND optionIds.0']);
    expect(codesOf(await vote(eve.client, id, options[0]))).toEqual(['NOT_FOUND postId']);
    const text = await publish(ada, 'no poll');
    expect(codesOf(await vote(bob.client, text.id, '1'))).toEqual(['NOT_ALLOWED postId']);
    await deletePost(ada.client, id);
    expect(codesOf(await vote(bob.client, id, options[0]))).toEqual(['NOT_FOUND postId']);
  });

  it('ends when the poll does', async () => {
    const { id, options } = await ask({ expiresAt: new Date(clock.getTime() + 60_000).toISOString() });
    await vote(bob.client, id, options[0]);
    const before = clock;
    clock = new Date(clock.getTime() + 60_000);
    expect(codesOf(await vote(bob.client, id, options[1]))).toEqual(['EXPIRED postId']);
    expect((await readPost(bob.client, id))?.poll).toMatchObject({ isOpen: false, voterCount: 1 });
    clock = before;
  });

  it('shows nobody who voted for what: not in the schema, not in a post', async () => {
    const { id, options } = await ask();
    await vote(bob.client, id, options[0]);
    const { data } = await ada.client.execute<{ __type: { fields: { name: string }[] } }>(
      '{ __type(name: "PollOption") { fields { name } } }',
    );
    expect(data?.__type.fields.map(({ name }) => name).sort()).toEqual([
      'id',
      'isViewerChoice',
      'percentage',
      'text',
      'voteCount',
    ]);
    expect(JSON.stringify(await readPost(ada.client, id))).not.toContain(bob.id);
  });
});

describe('votes at once', () => {
  it('of one person through two instances leave one answer', async () => {
    const { id, options } = await ask();
    await Promise.all(
      Array.from({ length: 12 }, (_, n) => vote(posts.client(bob.id, posts.instance(n)), id, options[n % 3] ?? '')),
    );
    const poll = (await readPost(bob.client, id))?.poll;
    expect(poll?.voterCount).toBe(1);
    expect(votesOf(poll)?.reduce((sum, count) => sum + count, 0)).toBe(1);
    expect(await chosenBy(bob, id)).toHaveLength(1);
  });

  it('of thirty people are counted exactly', async () => {
    const { id, options } = await ask();
    const crowd = await posts.people(...Array.from({ length: 30 }, (_, n) => `voter_${n}`));
    await Promise.all(
      crowd.map((person, n) => vote(posts.client(person.id, posts.instance(n)), id, options[n % 3] ?? '')),
    );
    const poll = (await readPost(ada.client, id))?.poll;
    expect(poll).toMatchObject({ voterCount: 30 });
    expect(votesOf(poll)).toEqual([10, 10, 10]);
    expect(poll?.options.map(({ percentage }) => percentage)).toEqual([33.3, 33.3, 33.3]);
  });
});
