import { eventually } from '@postbook/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  comment,
  commentsOf,
  contentsOf,
  entity,
  feedHas,
  hashtag,
  homeFeed,
  outboxEvents,
  type PageOf,
  publish,
  react,
  readPost,
  vote,
} from './support/operations.ts';
import { type Person, type Posts, startPosts } from './support/posts.ts';

let posts: Posts;
let ada: Person;
let bob: Person;
let gone: Person;
beforeAll(async () => {
  posts = await startPosts({ instances: 2 });
  [ada, bob, gone] = await posts.people('ada', 'bob', 'gone');
  await posts.befriend(ada, gone);
  await posts.befriend(ada, bob);
  await posts.world.allow(gone, { allowMentions: 'Everyone' });
});
afterAll(() => posts.stop());

const purge = (person: Person) => posts.world.event('UserPurged', person.id, { userId: person.id });

/** Every document that still has the person's id, by collection, the copies of people aside. */
async function tracesOf({ id }: Person): Promise<Record<string, number>> {
  const traces: Record<string, number> = {};
  const names = ['posts', 'comments', 'likes', 'poll_votes', 'post_views', 'shares', 'timelines', 'hashtag_usage'];
  for (const name of names) {
    const documents = await posts.db.collection(name).find({}).toArray();
    const count = documents.filter((document) => JSON.stringify(document).includes(id)).length;
    if (count > 0) traces[name] = count;
  }
  return traces;
}

describe('a person who is erased', () => {
  it('leaves nothing but comments under nobody’s name, and counts that are right', async () => {
    const theirs = await publish(gone, 'by gone #vanishing');
    const below = await comment(bob, theirs.id, 'on their post');
    await react(ada.client, 'COMMENT', below.id, 'LIKE');
    await react(ada.client, 'POST', theirs.id, 'LOVE');
    const poll = { question: 'Which?', options: ['a', 'b'] };
    const other = await publish(ada, 'by ada, with @gone', { poll });
    const custom = await publish(ada, 'for two', { visibility: 'CUSTOM', audienceIds: [gone.id, bob.id] });
    await react(gone.client, 'POST', other.id, 'WOW');
    await react(bob.client, 'POST', other.id, 'WOW');
    await vote(gone.client, other.id, '1');
    await vote(bob.client, other.id, '1');
    const written = await comment(gone, other.id, 'my opinion', { clientMutationId: 'phone-1' });
    const answer = await comment(bob, other.id, 'I disagree, @gone', { parentId: written.id });
    await react(gone.client, 'COMMENT', answer.id, 'ANGRY');
    await feedHas(gone.client, 'for two', 'by ada, with @gone', 'by gone #vanishing');
    await eventually(async () => (await hashtag(bob.client, 'vanishing'))?.postsCount === 1);
    const event = purge(gone);

    await posts.world.publishTo('posts-erasure', event);

    expect(await tracesOf(gone)).toEqual({ comments: 1 });
    expect(await readPost(ada.client, theirs.id)).toBeNull();
    expect(await entity(bob.client, 'Comment', below.id, 'id')).toBeNull();
    expect(contentsOf(await homeFeed(ada.client))).toEqual(['for two', 'by ada, with @gone']);
    expect((await hashtag(bob.client, 'vanishing'))?.postsCount).toBe(0);
    expect(await readPost(ada.client, other.id)).toMatchObject({
      mentions: [],
      commentCount: 2,
      reactionCounts: { wow: 1, total: 1 },
      poll: { voterCount: 1, options: [{ voteCount: 1 }, { voteCount: 0 }] },
    });
    expect((await readPost(ada.client, custom.id))?.audience).toEqual([{ id: bob.id }]);
    const page = await commentsOf(bob.client, other.id);
    expect(page?.comments.nodes).toMatchObject([{ content: 'my opinion', author: { username: 'deleted' } }]);
    const replies = await entity<{ replies: PageOf<{ reactionCounts: { total: number } }> }>(
      bob.client,
      'Comment',
      written.id,
      'replies { nodes { reactionCounts { total } } }',
    );
    expect(replies?.replies.nodes).toEqual([{ reactionCounts: { total: 0 } }]);
    expect(await posts.db.collection('comments').countDocuments({ clientMutationId: 'phone-1' })).toBe(0);
    expect(await outboxEvents(posts, 'PostDeleted', theirs.id)).toHaveLength(1);
    expect(await outboxEvents(posts, 'UserDataErased', gone.id)).toMatchObject([
      { payload: { userId: gone.id, service: 'posts', erasedItems: expect.any(Number) } },
    ]);

    await posts.bus.publish([event]);
    const [fence] = await posts.people('fence');
    await posts.world.publishTo('posts-erasure', purge(fence));
    expect(await outboxEvents(posts, 'UserDataErased', gone.id)).toHaveLength(1);
  });

  it('is erased in bounded steps, whatever they have left behind', async () => {
    const [busy] = await posts.people('busy');
    const target = await publish(ada, 'target');
    const crowd = Array.from({ length: 130 }, (_, n) => n);
    await posts.db.collection('posts').insertMany(
      await Promise.all(
        crowd.map(async (n) => {
          const template = await posts.db.collection('posts').findOne({ content: 'target' });
          const { _id, ...rest } = template ?? {};
          return { ...rest, userId: busy.id, content: `${n}` };
        }),
      ),
    );
    for (let n = 0; n < 3; n += 1) await comment(busy, target.id, `${n}`);
    await posts.world.publishTo('posts-erasure', purge(busy));
    expect(await tracesOf(busy)).toEqual({ comments: 3 });
    expect(await outboxEvents(posts, 'UserDataErased', busy.id)).toHaveLength(1);
  });
});
