import { afterAll, beforeEach, expect, test } from 'vitest';
import type { GatewayContext } from '../../src/context.ts';
import type { PreparedSubscription } from '../../src/execution/prepared-operation.ts';
import { createFederation, nobody } from './fixture/federation.ts';

const ALIKE = new Set(['Subscription.posted', 'Post.id', 'Post.text', 'Post.author', 'User.id', 'User.name']);

const chat = createFederation(
  {
    posts: {
      sdl: `type Query { none: Int } type Subscription { posted(room: ID): Post }
        type Post @key(fields: "id") { id: ID! text: String author: User }
        type User @key(fields: "id", resolvable: false) { id: ID! }`,
    },
    users: {
      sdl: 'type User @key(fields: "id") { id: ID! name: String }',
      resolvers: { User: { name: ({ id }: { id: string }) => `name ${id}` } },
    },
    likes: {
      sdl: 'type Post @key(fields: "id") { id: ID! likedByMe: String }',
      resolvers: {
        Post: {
          likedByMe: (_: unknown, __: unknown, context: unknown) => `liked by ${(context as { who: string }).who}`,
        },
      },
    },
  },
  { isFieldSeenAlike: (type, field) => ALIKE.has(`${type}.${field}`) },
);
beforeEach(() => {
  chat.calls.length = 0;
});
afterAll(() => chat.catalog.close());

async function subscription(query: string): Promise<PreparedSubscription> {
  const prepared = await chat.prepare(query);
  if (prepared.kind !== 'subscription') throw new Error('not a subscription');
  return prepared;
}

const as = (who: string) => ({ ...nobody, who }) as unknown as GatewayContext;
const event = (id: string, author: string) => ({
  data: { posted: { __typename: 'Post', id, text: `text ${id}`, author: { __typename: 'User', id: author } } },
});

test('events of one call are joined by the same calls', async () => {
  const prepared = await subscription('subscription { posted { words: text author { name } } }');
  expect(prepared.primary).toMatchObject({ serviceName: 'posts' });
  expect([prepared.isJoined, prepared.isSeenAlike, prepared.isPrimarySeenAlike]).toEqual([true, true, true]);
  const results = await prepared.join([event('1', 'ada'), event('2', 'bob'), event('3', 'ada')], {}, nobody);
  expect(results.map(({ data }) => JSON.parse(data).posted)).toEqual([
    { words: 'text 1', author: { name: 'name ada' } },
    { words: 'text 2', author: { name: 'name bob' } },
    { words: 'text 3', author: { name: 'name ada' } },
  ]);
  expect(chat.calls).toHaveLength(1);
});

test('what all see alike is fetched once, the rest for each viewer, and nothing of one reaches another', async () => {
  const prepared = await subscription('subscription { posted { author { name } likedByMe } }');
  expect([prepared.isSeenAlike, prepared.isPrimarySeenAlike]).toEqual([false, true]);
  const [shared] = await prepared.joinForAudience([event('1', 'ada')], {}, as('all'));
  expect(chat.calls.map(({ service }) => service)).toEqual(['users']);
  const results = await Promise.all(['ada', 'bob'].map((who) => shared?.finishFor(as(who))));
  expect(results.map((result) => JSON.parse(result?.data ?? '').posted)).toEqual([
    { author: { name: 'name ada' }, likedByMe: 'liked by ada' },
    { author: { name: 'name ada' }, likedByMe: 'liked by bob' },
  ]);
  expect(chat.calls.map(({ service }) => service)).toEqual(['users', 'likes', 'likes']);
});

test('an event with errors only is null with them', async () => {
  const prepared = await subscription('subscription { mine: posted { text } }');
  const [result] = await prepared.join([{ data: null, errors: [{ message: 'no', path: ['posted'] }] }], {}, nobody);
  expect(result?.data).toBe('{"mine":null}');
  expect(result?.errors.map(({ message, path }) => [message, path])).toEqual([['no', ['mine']]]);
});
