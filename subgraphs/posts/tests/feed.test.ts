import { eventually } from '@postbook/testkit';
import { ObjectId } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contentsOf, deletePost, feedHas, homeFeed, publish, react, updatePost } from './support/operations.ts';
import { type Posts, startPosts } from './support/posts.ts';

let posts: Posts;
beforeAll(async () => {
  posts = await startPosts({ instances: 2, environment: { LARGE_AUTHOR_READERS: '3' } });
});
afterAll(() => posts.stop());

const inTimelines = (id: string) => posts.db.collection('timelines').countDocuments({ postId: new ObjectId(id) });
const delivered = (id: string, readers: number) => eventually(async () => (await inTimelines(id)) === readers);

/** An author and two readers of theirs: one is a friend, the other just follows. */
async function circle(name: string) {
  const [author, friend, follower] = await posts.people(`${name}_author`, `${name}_friend`, `${name}_follower`);
  await posts.befriend(author, friend);
  await posts.world.follow(follower, author);
  return { author, friend, follower };
}

describe('a home feed', () => {
  it('has own posts at once and those of followed people, newest first, as far as one may see them', async () => {
    const { author, friend, follower } = await circle('basic');
    const one = await publish(author, 'for all');
    const two = await publish(author, 'for friends', { visibility: 'FRIENDS' });
    await publish(author, 'for me', { visibility: 'PRIVATE' });
    const named = await publish(author, 'for one', { visibility: 'CUSTOM', audienceIds: [follower.id] });
    expect(contentsOf(await homeFeed(author.client))).toEqual(['for one', 'for me', 'for friends', 'for all']);
    await publish(friend, 'mine');
    await feedHas(friend.client, 'mine', 'for friends', 'for all');
    await feedHas(follower.client, 'for one', 'for all');
    expect(await Promise.all([one, two, named].map(({ id }) => inTimelines(id)))).toEqual([2, 1, 1]);
  });

  it('is nobody’s without a login', async () => {
    const result = await posts.client(undefined).execute('{ homeFeed { nodes { id } } }');
    expect(result.errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED');
  });

  it('comes page by page in both directions, ties included', async () => {
    const { author, follower } = await circle('pages');
    const written: string[] = [];
    for (let n = 0; n < 7; n += 1) written.push((await publish(n % 2 ? author : follower, `${n}`)).id);
    for (const [n, id] of written.entries()) if (n % 2) await delivered(id, 2);
    const at = new Date();
    await posts.db
      .collection('posts')
      .updateMany({ userId: { $in: [author.id, follower.id] } }, { $set: { createdAt: at } });
    await posts.db.collection('timelines').updateMany({ readerId: follower.id }, { $set: { createdAt: at } });
    const first = await homeFeed(follower.client, { first: 3 });
    const second = await homeFeed(follower.client, { first: 3, after: first.pageInfo.endCursor });
    const third = await homeFeed(follower.client, { first: 3, after: second.pageInfo.endCursor });
    expect([first, second, third].map(contentsOf)).toEqual([['6', '5', '4'], ['3', '2', '1'], ['0']]);
    expect(third.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    const back = await homeFeed(follower.client, { last: 2, before: third.pageInfo.startCursor });
    expect(contentsOf(back)).toEqual(['2', '1']);
  });

  it('follows what becomes of a post: narrowed, widened, deleted', async () => {
    const { author, friend, follower } = await circle('changes');
    const { id } = await publish(author, 'changing');
    await feedHas(follower.client, 'changing');
    await updatePost(author.client, { postId: id, visibility: 'FRIENDS' });
    expect(contentsOf(await homeFeed(follower.client))).toEqual([]);
    await feedHas(friend.client, 'changing');
    await updatePost(author.client, { postId: id, visibility: 'PRIVATE' });
    expect(contentsOf(await homeFeed(friend.client))).toEqual([]);
    await delivered(id, 0);
    await updatePost(author.client, { postId: id, visibility: 'PUBLIC' });
    await feedHas(follower.client, 'changing');
    await deletePost(author.client, id);
    expect(contentsOf(await homeFeed(follower.client))).toEqual([]);
    await delivered(id, 0);
  });
});

describe('whom one follows', () => {
  it('brings their newest posts into the feed, and takes them out again', async () => {
    const [author, reader] = await posts.people('old_author', 'new_reader');
    for (let n = 0; n < 22; n += 1) await publish(author, `old ${n}`);
    await posts.world.follow(reader, author);
    await eventually(async () => {
      const found = contentsOf(await homeFeed(reader.client, { first: 50 }));
      expect(found).toEqual(Array.from({ length: 20 }, (_, n) => `old ${21 - n}`));
      return true;
    });
    await posts.world.unfollow(reader, author);
    expect(contentsOf(await homeFeed(reader.client))).toEqual([]);
    await eventually(
      async () => (await posts.db.collection('timelines').countDocuments({ readerId: reader.id })) === 0,
    );
  });

  it('ends at a block, whoever made it, and with an account that goes away', async () => {
    const { author, friend, follower } = await circle('away');
    const { id } = await publish(author, 'still there');
    await delivered(id, 2);
    await posts.world.block(author, follower);
    expect(contentsOf(await homeFeed(follower.client))).toEqual([]);
    await posts.world.unblock(author, follower);
    await posts.world.setStatus(author, 'Inactive');
    expect(contentsOf(await homeFeed(friend.client))).toEqual([]);
    await posts.world.setStatus(author, 'Active');
    expect(contentsOf(await homeFeed(friend.client))).toEqual(['still there']);
  });
});

describe('an author with many readers', () => {
  it('is looked up when a feed is read, between the posts of others, and not written into feeds', async () => {
    const [star, small, reader, ...crowd] = await posts.people('star', 'small', 'star_reader', 'c1', 'c2', 'c3');
    for (const person of [reader, ...crowd]) await posts.world.follow(person, star);
    await posts.world.follow(reader, small);
    await publish(star, 'star 1');
    await publish(small, 'small 1');
    await publish(star, 'star 2', { visibility: 'FRIENDS' });
    await publish(star, 'star 3');
    await feedHas(reader.client, 'star 3', 'small 1', 'star 1');
    const { id, createdAt } = await publish(star, 'star 4');
    const authors = posts.db.collection<{ _id: string }>('large_authors');
    await eventually(() => authors.findOne({ _id: star.id, countedAt: { $gte: new Date(createdAt) } }));
    expect(await inTimelines(id)).toBe(0);
    const first = await homeFeed(reader.client, { first: 1 });
    const second = await homeFeed(reader.client, { first: 2, after: first.pageInfo.endCursor });
    expect([contentsOf(first), contentsOf(second)]).toEqual([['star 4'], ['star 3', 'small 1']]);
    await posts.world.unfollow(reader, star);
    expect(contentsOf(await homeFeed(reader.client))).toEqual(['small 1']);
  });
});

describe('reading a page', () => {
  it('costs the same few queries, however many posts are on it', async () => {
    const { author, follower } = await circle('cost');
    const more = await posts.people('cost_2', 'cost_3', 'cost_4');
    for (const person of more) await posts.world.follow(follower, person);
    const ids: string[] = [];
    for (let n = 0; n < 24; n += 1) {
      const poll = n % 2 ? { poll: { question: 'Which?', options: ['a', 'b'] } } : {};
      ids.push((await publish([author, ...more][n % 4] ?? author, `post ${n} @cost_follower`, poll)).id);
    }
    for (const id of ids) await react(follower.client, 'POST', id, 'LIKE');
    await eventually(async () => (await homeFeed(follower.client, { first: 50 })).nodes.length === 24);

    const counted = await posts.startCounted();
    /** The names of a page's queries, without those of jobs and consumers and the list that is kept for a moment. */
    const queries = async (first: number) => {
      counted.names.length = 0;
      await homeFeed(counted.client(follower.id), { first });
      return counted.names.filter((name) => !/^(outbox|inbox|largeAuthors)/.test(name)).sort();
    };
    const few = await queries(2);
    const many = await queries(20);
    await counted.stop();
    expect(many).toEqual(few);
    expect(many).toEqual([
      'cards.byIds',
      'posts.byIds',
      'posts.entriesOf',
      'privacy.byIds',
      'reactions.ofPerson',
      'relations.between',
      'relations.edgesById',
      'timelines.page',
      'votes.ofPerson',
    ]);
  });
});
