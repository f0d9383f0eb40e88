import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { comment, deleteComment, deletePost, listen, publish, readPost, updatePost } from './support/operations.ts';
import { type Person, type Posts, startPosts } from './support/posts.ts';

let posts: Posts;
let ada: Person;
let bob: Person;
let eve: Person;
beforeAll(async () => {
  posts = await startPosts({ instances: 2, environment: { LIVE_HEAD_CHECK_MS: '500' } });
  [ada, bob, eve] = await posts.people('ada', 'bob', 'eve');
  await posts.befriend(ada, bob);
});
afterAll(() => posts.stop());

type Listening = ReturnType<typeof listen>;
const nextOf = async (events: Listening) => {
  const { data, errors } = await events.next();
  if (!data) throw new Error(JSON.stringify(errors));
  return data.commentAdded;
};
const codeOf = async (events: Listening) =>
  (await events.nextWhere(({ errors }) => !!errors)).errors?.[0]?.extensions?.code;

describe('listening to the comments of a post', () => {
  it('tells of comments and replies written through another instance, in order, with who wrote them', async () => {
    const { id, commentCursor } = await publish(ada, 'post');
    const events = listen(posts, eve, id, commentCursor, posts.instance(1));
    const one = await comment(bob, id, 'one');
    await comment(ada, id, 'two', { parentId: one.id });
    expect((await nextOf(events)).comment).toMatchObject({ content: 'one', author: { username: 'bob' }, parent: null });
    expect((await nextOf(events)).comment).toMatchObject({ content: 'two', parent: { id: one.id } });
  });

  it('catches up from the cursor of the last event that was handled, without loss or repeat', async () => {
    const { id, commentCursor } = await publish(ada, 'post');
    const events = listen(posts, bob, id, commentCursor);
    for (let n = 1; n <= 3; n += 1) await comment(ada, id, `before ${n}`);
    await nextOf(events);
    const { cursor } = await nextOf(events);
    events.stop();
    // More than a page of the store's.
    await Promise.all(Array.from({ length: 120 }, (_, n) => comment(ada, id, `away ${n}`)));
    const again = listen(posts, bob, id, cursor, posts.instance(1));
    await comment(ada, id, 'back');
    const heard: (string | null)[] = [];
    for (let n = 0; n < 122; n += 1) heard.push((await nextOf(again)).comment.content);
    expect([heard[0], heard.at(-1)]).toEqual(['before 3', 'back']);
    expect(new Set(heard).size).toBe(122);
  });

  it('leaves out what was deleted meanwhile and whom the listener doesn’t meet, and goes on behind it', async () => {
    const [fay] = await posts.people('live_fay');
    await posts.world.block(fay, eve);
    const { id, commentCursor } = await publish(ada, 'post');
    const gone = await comment(bob, id, 'gone');
    await comment(fay, id, 'by fay');
    await deleteComment(bob.client, gone.id);
    await comment(bob, id, 'seen');
    const events = listen(posts, eve, id, commentCursor);
    expect((await nextOf(events)).comment.content).toBe('seen');
    await comment(fay, id, 'by fay again');
    await comment(bob, id, 'seen again');
    expect((await nextOf(events)).comment.content).toBe('seen again');
    expect(events.events).toHaveLength(2);
  });

  it('without a cursor begins now', async () => {
    const { id } = await publish(ada, 'post');
    await comment(ada, id, 'old');
    const events = listen(posts, undefined, id);
    // Which comment is the first after "now" is a race; that no earlier one comes is not.
    const written = (async () => {
      for (let n = 0; events.events.length === 0 && n < 200; n += 1) await comment(ada, id, `new ${n}`);
    })();
    expect((await nextOf(events)).comment.content).toMatch(/^new /);
    await written;
  });

  it.each([
    ['garbage', async () => 'garbage'],
    ['the cursor of another post', async () => (await publish(ada, 'other')).commentCursor],
  ])('refuses %s as a cursor', async (_what, cursor) => {
    const { id } = await publish(ada, 'post');
    expect(await codeOf(listen(posts, bob, id, await cursor()))).toBe('BAD_USER_INPUT');
  });
});

describe('whoever may no longer see the post', () => {
  /** Somebody who listens and has heard something. */
  async function listener(person: Person, visibility = 'PUBLIC') {
    const { id, commentCursor } = await publish(ada, 'post', { visibility });
    const events = listen(posts, person, id, commentCursor, posts.instance(1));
    await comment(ada, id, 'ready');
    await nextOf(events);
    return { id, events };
  }

  it('is put out as soon as it is narrowed or deleted, and hears nothing more', async () => {
    for (const change of [
      (postId: string) => updatePost(ada.client, { postId, visibility: 'FRIENDS' }),
      (postId: string) => deletePost(ada.client, postId),
    ]) {
      const { id, events } = await listener(eve);
      await change(id);
      const changed = performance.now();
      expect(await codeOf(events)).toBe('FORBIDDEN');
      expect(performance.now() - changed).toBeLessThan(1_000);
      if (await readPost(ada.client, id)) await comment(ada, id, 'among friends');
      await expect(events.done).resolves.toBeUndefined();
      expect(JSON.stringify(events.events)).not.toContain('among friends');
    }
  });

  it('is put out within two seconds of a block, of an ended friendship and of an account that goes away', async () => {
    const [gus, hal, ivy] = await posts.people('live_gus', 'live_hal', 'live_ivy');
    await posts.befriend(ada, hal);
    const blocked = await listener(gus);
    const unfriended = await listener(hal, 'FRIENDS');
    await posts.world.block(gus, ada);
    await posts.world.unfriend(ada, hal);
    const changed = performance.now();
    expect(await Promise.all([blocked, unfriended].map(({ events }) => codeOf(events)))).toEqual([
      'FORBIDDEN',
      'FORBIDDEN',
    ]);
    expect(performance.now() - changed).toBeLessThan(2_000);
    const { id, commentCursor } = await publish(ivy, 'by ivy');
    const events = listen(posts, eve, id, commentCursor);
    await comment(bob, id, 'ready');
    await nextOf(events);
    await posts.world.setStatus(ivy, 'Suspended');
    expect(await codeOf(events)).toBe('FORBIDDEN');
  });

  it('can’t begin, whether or not there is such a post', async () => {
    const { id } = await publish(ada, 'friends', { visibility: 'FRIENDS' });
    for (const postId of [id, 'f'.repeat(24), 'nonsense']) {
      expect(await codeOf(listen(posts, eve, postId))).toBe('FORBIDDEN');
    }
  });
});
