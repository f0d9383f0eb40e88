import { relationshipId } from '@postbook/events';
import { createMongoTransactor, silentLogger } from '@postbook/service-kit';
import { eventually } from '@postbook/testkit';
import { ObjectId } from 'mongodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCommentRepository } from '../src/comment/comment-repository.ts';
import { createPostRepository } from '../src/post/post-repository.ts';
import { createReactionRepository } from '../src/reaction/reaction-repository.ts';
import { createCounterReconciler } from '../src/upkeep/counter-reconciler.ts';
import { createCounterRepository } from '../src/upkeep/counter-repository.ts';
import { comment, createPost, listen, publish, react, readPost } from './support/operations.ts';
import { type Person, type Posts, startPosts } from './support/posts.ts';
import { type ProcessInstance, startProcess } from './support/process.ts';

const WRITERS = 8;
const EACH = 8;
/**
 * How long a killed process may keep others from writing to a post, in milliseconds: the transaction it leaves open holds
 * the post's counters until the store ends it, on MongoDB after `transactionLifetimeLimitSeconds`.
 */
const ORPHAN_MS = 90_000;

let posts: Posts;
let victim: ProcessInstance;
beforeAll(async () => {
  posts = await startPosts({ instances: 0 });
  victim = await startProcess(posts.config);
});
afterAll(async () => {
  await victim.kill();
  await posts.stop();
});

/** Asks until somebody answers, as a client does: the process that may be dead, then the one that lives. */
async function stubbornly<T>(person: Person, work: (client: Person['client']) => Promise<T>): Promise<T> {
  const deadline = performance.now() + ORPHAN_MS;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work(posts.client(person.id, attempt === 0 ? victim : posts.instance()));
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
  }
}

it(
  'finishes what was being written into feeds when the process that did it is killed',
  async () => {
    const [author] = await posts.world.people('author');
    const readers = Array.from({ length: 4_000 }, (_, n) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`);
    await posts.db.collection<{ _id: string }>('relations').insertMany(
      readers.map((reader) => ({
        _id: relationshipId('Follow', reader, author.id),
        kind: 'Follow',
        fromUserId: reader,
        toUserId: author.id,
        isActive: true,
        version: 1,
      })),
    );
    const { post } = await createPost(posts.client(author.id, victim), { content: 'for many', visibility: 'PUBLIC' });
    const written = () => posts.db.collection('timelines').countDocuments({ postId: new ObjectId(post?.id) });
    await eventually(async () => (await written()) > 0, { everyMs: 1 });
    await victim.kill();
    expect(await written()).toBeLessThan(readers.length);

    await posts.startInstance();
    await eventually(async () => (await written()) === readers.length, { timeoutMs: ORPHAN_MS });
    victim = await startProcess(posts.config);
  },
  2 * ORPHAN_MS,
);

it(
  'loses and doubles nothing when a process is killed while people write and react through it',
  async () => {
    const people = await posts.world.people(...Array.from({ length: WRITERS }, (_, n) => `w${n}`));
    const [ada, ...others] = people.map((person) => ({ ...person, client: posts.client(person.id) }));
    if (!ada) throw new Error('nobody');
    const { id, commentCursor } = await publish(ada, 'busy');
    const events = listen(posts, ada, id, commentCursor);

    const writing = [ada, ...others].map(async (person, n) => {
      const written: string[] = [];
      for (let m = 0; m < EACH; m += 1) {
        const more = { clientMutationId: `${n} ${m}` };
        const made = await stubbornly(person, (client) => comment({ client }, id, `${n} ${m}`, more));
        written.push(made.id);
        await stubbornly(person, (client) => react(client, 'POST', id, m % 2 ? 'LOVE' : 'LIKE'));
      }
      return written;
    });
    const isHalfWay = async () => ((await readPost(ada.client, id))?.commentCount ?? 0) >= WRITERS;
    await eventually(isHalfWay, { timeoutMs: ORPHAN_MS });
    await victim.kill();
    const acknowledged = (await Promise.all(writing)).flat();

    const total = WRITERS * EACH;
    expect(new Set(acknowledged).size).toBe(total);
    const stored = await posts.db
      .collection('comments')
      .find({ postId: new ObjectId(id) }, { sort: { sequence: 1 } })
      .toArray();
    expect(stored.map(({ sequence }) => sequence)).toEqual(Array.from({ length: total }, (_, n) => n + 1));
    expect(new Set(stored.map(({ _id }) => _id.toHexString()))).toEqual(new Set(acknowledged));
    expect(await readPost(ada.client, id)).toMatchObject({
      commentCount: total,
      viewerReaction: 'LOVE',
      reactionCounts: { love: WRITERS, total: WRITERS },
    });
    const reconciler = createCounterReconciler({
      transactor: createMongoTransactor(posts.mongo),
      posts: createPostRepository(posts.db),
      comments: createCommentRepository(posts.db),
      reactions: createReactionRepository(posts.db),
      counters: createCounterRepository(posts.db),
      log: silentLogger,
    });
    expect(await reconciler.reconcile()).toBe(0);

    // The listener of the process that lives has everything in order, also what the killed one never announced.
    const heard: string[] = [];
    while (heard.length < total) heard.push((await events.next(ORPHAN_MS)).data?.commentAdded.comment.id ?? '');
    expect(heard).toEqual(stored.map(({ _id }) => _id.toHexString()));
  },
  3 * ORPHAN_MS,
);
