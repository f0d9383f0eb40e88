import { randomUUID } from 'node:crypto';
import { eventually, type RedisProcess, startRedisProcess } from '@postbook/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  comment,
  contentsOf,
  createPost,
  feedHas,
  homeFeed,
  listen,
  publish,
  react,
  readPost,
} from './support/operations.ts';
import { type Person, type Posts, startPosts } from './support/posts.ts';

describe('while Redis is dead', () => {
  let redis: RedisProcess;
  let posts: Posts;
  let ada: Person;
  let bob: Person;
  beforeAll(async () => {
    redis = await startRedisProcess();
    posts = await startPosts({ instances: 2, redisUrl: redis.url, environment: { LIVE_HEAD_CHECK_MS: '500' } });
    [ada, bob] = await posts.people('ada', 'bob');
    await posts.befriend(ada, bob);
  });
  afterAll(async () => {
    await posts.stop();
    await redis.stop();
  });

  it('reads and writes go on; comments come live from the store; feeds catch up, and nothing is lost', async () => {
    const { id, commentCursor } = await publish(ada, 'before');
    await feedHas(bob.client, 'before');
    const events = listen(posts, bob, id, commentCursor, posts.instance(1));
    await comment(ada, id, 'live');
    expect((await events.next()).data?.commentAdded.comment.content).toBe('live');

    await redis.kill();
    for (let n = 0; n < 10; n += 1) await comment(ada, id, `dead ${n}`);
    expect((await react(bob.client, 'POST', id, 'LIKE')).post?.reactionCounts.like).toBe(1);
    await publish(ada, 'meanwhile');
    expect(contentsOf(await homeFeed(ada.client))).toEqual(['meanwhile', 'before']);
    expect(contentsOf(await homeFeed(bob.client))).toEqual(['before']);
    const late = listen(posts, ada, id, commentCursor);
    for (const stream of [events, late]) {
      await stream.nextWhere(({ data }) => data?.commentAdded.comment.content === 'dead 9');
    }
    // A process may be born into the outage.
    const born = await posts.startInstance();
    expect((await readPost(posts.client(bob.id, born), id))?.commentCount).toBe(11);

    await redis.start();
    await feedHas(bob.client, 'meanwhile', 'before');
    await comment(ada, id, 'again');
    for (const stream of [events, late]) {
      await stream.nextWhere(({ data }) => data?.commentAdded.comment.content === 'again');
      const dead = Array.from({ length: 10 }, (_, n) => `dead ${n}`);
      const heard = stream.events.map(({ data }) => data?.commentAdded.comment.content);
      expect(heard).toEqual(['live', ...dead, 'again']);
    }
    const unpublished = posts.db.collection('outbox');
    await eventually(async () => (await unpublished.countDocuments({ publishedAt: null })) === 0);
  }, 60_000);
});

describe('while other services are away', () => {
  let posts: Posts;
  let ada: Person;
  beforeAll(async () => {
    posts = await startPosts();
    [ada] = await posts.people('ada');
  });
  afterAll(() => posts.stop());

  it('posts with files can’t be checked and so aren’t made; others are', async () => {
    const file = '1'.repeat(24);
    posts.media.files.set(file, { ownerId: ada.id });
    const clientMutationId = randomUUID();
    const input = { mediaIds: [file], visibility: 'PUBLIC', clientMutationId };
    const { post } = await createPost(ada.client, input);
    await posts.media.stop();
    await expect(createPost(ada.client, { ...input, clientMutationId: randomUUID() })).rejects.toThrow('UNAVAILABLE');
    // What was made before is given back without asking anybody.
    expect((await createPost(ada.client, input)).post?.id).toBe(post?.id);
    expect((await publish(ada, 'text')).content).toBe('text');
  });

  it('people of whom nothing was told are asked for, and what else a post has is shown while nobody answers', async () => {
    const stranger = randomUUID();
    posts.owners.people.set(stranger, { username: 'carl', displayName: 'Carl C.', avatarUrl: null });
    const { id } = await publish(ada, 'hello');
    await react(posts.client(stranger), 'POST', id, 'WOW');
    const query = `query ($id: ID!) { post(id: $id) { content reactions { nodes { kind user { id displayName } } } } }`;
    const { post } = await ada.client.data<{ post: unknown }>(query, { id });
    expect(post).toMatchObject({ reactions: { nodes: [{ kind: 'WOW', user: { displayName: 'Carl C.' } }] } });
    await posts.owners.stop();
    const unknown = randomUUID();
    await react(posts.client(unknown), 'POST', id, 'SAD');
    const { data, errors } = await ada.client.execute<{
      post: { content: string; reactions: { nodes: { user: { displayName: string | null } }[] } };
    }>(query, { id });
    expect(data?.post.content).toBe('hello');
    expect(data?.post.reactions.nodes.map(({ user }) => user.displayName)).toEqual([null, 'Carl C.']);
    expect(errors?.[0]?.extensions?.code).toBe('UNAVAILABLE');
  });
});
