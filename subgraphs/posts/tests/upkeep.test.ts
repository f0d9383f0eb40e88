import { createMongoTransactor, silentLogger } from '@postbook/service-kit';
import { eventually } from '@postbook/testkit';
import { type Document, ObjectId } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCommentRepository } from '../src/comment/comment-repository.ts';
import { createErasureRepository } from '../src/erasure/erasure-repository.ts';
import { createPostEraser } from '../src/erasure/post-eraser.ts';
import { KEEP_DELETED_MS, sweepJob } from '../src/erasure/sweep-job.ts';
import { createTimelineRepository } from '../src/feed/timeline-repository.ts';
import { createHashtagRepository } from '../src/hashtag/hashtag-repository.ts';
import { createHashtagTally } from '../src/hashtag/hashtag-tally.ts';
import { createPostRepository } from '../src/post/post-repository.ts';
import { createReactionRepository } from '../src/reaction/reaction-repository.ts';
import { createCounterReconciler } from '../src/upkeep/counter-reconciler.ts';
import { createCounterRepository } from '../src/upkeep/counter-repository.ts';
import { comment, deletePost, homeFeed, publish, react, readPost, vote } from './support/operations.ts';
import { type Person, type Posts, startPosts } from './support/posts.ts';

let posts: Posts;
let ada: Person;
let bob: Person;
beforeAll(async () => {
  posts = await startPosts();
  [ada, bob] = await posts.people('ada', 'bob');
});
afterAll(() => posts.stop());

const repositories = () => ({
  posts: createPostRepository(posts.db),
  comments: createCommentRepository(posts.db),
  reactions: createReactionRepository(posts.db),
  counters: createCounterRepository(posts.db),
});
const reconciler = () =>
  createCounterReconciler({
    ...repositories(),
    transactor: createMongoTransactor(posts.mongo),
    log: silentLogger,
  });

describe('counters', () => {
  it('that are right stay as they are, and wrong ones are counted anew', async () => {
    const poll = { question: 'Which?', options: ['a', 'b'], allowMultipleAnswers: true };
    const { id } = await publish(ada, 'counted', { poll });
    const one = await comment(bob, id, 'one');
    await comment(ada, id, 'two', { parentId: one.id });
    await react(bob.client, 'POST', id, 'LOVE');
    await react(ada.client, 'COMMENT', one.id, 'SAD');
    await vote(bob.client, id, '1', '2');
    await vote(ada.client, id, '2');
    const right = await readPost(ada.client, id);
    expect(await reconciler().reconcile()).toBe(0);

    const set = (name: string, filter: Document, $set: Document) =>
      posts.db.collection(name).updateOne(filter, { $set });
    await set(
      'posts',
      { _id: new ObjectId(id) },
      {
        commentsCount: 9,
        likesCount: 7,
        reactionCounts: { Like: 7 },
        'poll.votersCount': 0,
        'poll.options.0.votes': 5,
      },
    );
    await set('comments', { _id: new ObjectId(one.id) }, { repliesCount: 0, likesCount: 3 });
    expect(await reconciler().reconcile()).toBe(2);
    expect(await readPost(ada.client, id)).toEqual(right);
    const stored = await posts.db.collection('comments').findOne({ _id: new ObjectId(one.id) });
    expect(stored).toMatchObject({ repliesCount: 1, likesCount: 1, reactionCounts: { Sad: 1 } });
    expect(await reconciler().reconcile()).toBe(0);
  });
});

describe('a home feed', () => {
  it('keeps its newest thousand posts', async () => {
    const timelines = createTimelineRepository(posts.db);
    const at = Date.now();
    const entries = Array.from({ length: 1_100 }, (_, n) => ({
      postId: new ObjectId().toHexString(),
      authorId: ada.id,
      // Pairs of equal times, so that the cut falls between two of them.
      createdAt: new Date(at - Math.floor((n + 1) / 2) * 1_000),
    }));
    await timelines.write([bob.id], entries);
    await timelines.write([bob.id], entries.slice(0, 10));
    expect(await posts.db.collection('timelines').countDocuments({ readerId: bob.id })).toBe(1_100);
    await timelines.cut(bob.id);
    const left = await posts.db.collection('timelines').find({ readerId: bob.id }).toArray();
    expect(left).toHaveLength(1_000);
    const oldestLeft = Math.min(...left.map(({ createdAt }) => createdAt.getTime()));
    expect(entries.filter(({ createdAt }) => createdAt.getTime() > oldestLeft).length).toBeLessThanOrEqual(1_000);
    await timelines.cut(bob.id);
    expect(await posts.db.collection('timelines').countDocuments({ readerId: bob.id })).toBe(1_000);
    // Posts that don't exist are nobody's business.
    expect((await homeFeed(bob.client)).nodes).toEqual([]);
  });
});

describe('a deleted post', () => {
  it('is kept for thirty days and then removed with all that hangs on it', async () => {
    const { id } = await publish(ada, 'to be swept #swept');
    await comment(bob, id, 'below');
    await react(bob.client, 'POST', id, 'LIKE');
    await deletePost(ada.client, id);
    const { posts: postRepository, reactions } = repositories();
    const transactor = createMongoTransactor(posts.mongo);
    const eraser = createPostEraser({
      transactor,
      posts: postRepository,
      reactions,
      erasures: createErasureRepository(posts.db),
      tally: createHashtagTally(transactor, postRepository, createHashtagRepository(posts.db)),
      fanOut: { withdraw: async () => undefined },
      publisher: { publish: () => Promise.reject(new Error('it was told before')) },
      now: () => new Date(),
    });
    const sweep = (at: number) =>
      sweepJob(eraser, createErasureRepository(posts.db), () => new Date(at)).run({
        signal: new AbortController().signal,
        log: silentLogger,
      });
    const left = () => posts.db.collection('posts').countDocuments({ _id: new ObjectId(id) });
    await sweep(Date.now() + KEEP_DELETED_MS - 60_000);
    expect(await left()).toBe(1);
    await sweep(Date.now() + KEEP_DELETED_MS + 1_000);
    expect(await left()).toBe(0);
    expect(await posts.db.collection('comments').countDocuments({ postId: new ObjectId(id) })).toBe(0);
    expect(await posts.db.collection('likes').countDocuments({ entityId: new ObjectId(id) })).toBe(0);
    await eventually(async () => (await posts.db.collection('hashtags').findOne({ tag: 'swept' }))?.count !== 1);
  });
});
