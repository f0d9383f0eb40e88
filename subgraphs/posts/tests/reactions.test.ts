import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  comment,
  deleteComment,
  deletePost,
  outboxEvents,
  type PageOf,
  publish,
  react,
  readPost,
  removeReaction,
} from './support/operations.ts';
import { type Person, type Posts, startPosts } from './support/posts.ts';

let posts: Posts;
let ada: Person;
let bob: Person;
let eve: Person;
beforeAll(async () => {
  posts = await startPosts({ instances: 2 });
  [ada, bob, eve] = await posts.people('ada', 'bob', 'eve');
});
afterAll(() => posts.stop());

const codesOf = ({ errors }: { errors: readonly { code: string; path: readonly string[] }[] }) =>
  errors.map(({ code, path }) => `${code} ${path.slice(1).join('.')}`);

const NONE = { like: 0, love: 0, haha: 0, wow: 0, sad: 0, angry: 0, total: 0 };

interface ReactionData {
  readonly kind: string;
  readonly user: { readonly username: string };
}

const reactionsTo = async (client: Person['client'], id: string, args = '') => {
  const data = await client.data<{ post: { reactions: PageOf<ReactionData> } | null }>(
    `query ($id: ID!) {
      post(id: $id) {
        reactions${args} {
          nodes { kind user { username } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        }
      }
    }`,
    { id },
  );
  return data.post?.reactions;
};
const namesOf = (page: PageOf<ReactionData> | undefined) => page?.nodes.map(({ user }) => user.username);

describe('reacting', () => {
  it('is one reaction per person, changed by the next and counted by kind', async () => {
    const { id } = await publish(ada, 'post');
    const first = await react(bob.client, 'POST', id, 'LIKE');
    expect(first).toMatchObject({
      post: { viewerReaction: 'LIKE', reactionCounts: { ...NONE, like: 1, total: 1 } },
      comment: null,
      errors: [],
    });
    const second = await react(bob.client, 'POST', id, 'WOW');
    expect(second.post).toMatchObject({ viewerReaction: 'WOW', reactionCounts: { ...NONE, wow: 1, total: 1 } });
    expect((await react(ada.client, 'POST', id, 'WOW')).post?.reactionCounts).toMatchObject({ wow: 2, total: 2 });
    expect((await readPost(eve.client, id))?.viewerReaction).toBeNull();
  });

  it('the same way again, or taking back what isn’t there, changes and tells nothing', async () => {
    const { id } = await publish(ada, 'post');
    for (let n = 0; n < 2; n += 1) await react(bob.client, 'POST', id, 'SAD');
    expect(await outboxEvents(posts, 'Reacted', `Post:${id}:${bob.id}`)).toHaveLength(1);
    for (let n = 0; n < 2; n += 1) {
      const { post } = await removeReaction(bob.client, 'POST', id);
      expect(post).toMatchObject({ viewerReaction: null, reactionCounts: NONE });
    }
    expect(await outboxEvents(posts, 'Unreacted', `Post:${id}:${bob.id}`)).toHaveLength(1);
  });

  it('tells other services with versions that grow across taking back', async () => {
    const { id } = await publish(ada, 'post');
    await react(bob.client, 'POST', id, 'LIKE');
    await react(eve.client, 'POST', id, 'LIKE');
    await removeReaction(bob.client, 'POST', id);
    await react(bob.client, 'POST', id, 'ANGRY');
    const reaction = `Post:${id}:${bob.id}`;
    const told = [
      ...(await outboxEvents(posts, 'Reacted', reaction)),
      ...(await outboxEvents(posts, 'Unreacted', reaction)),
    ];
    expect(told.map(({ type, version }) => [version, type]).sort()).toEqual([
      [1, 'Reacted'],
      [3, 'Unreacted'],
      [4, 'Reacted'],
    ]);
    expect(told[0]?.payload).toEqual({
      entityType: 'Post',
      entityId: id,
      entityOwnerId: ada.id,
      actorId: bob.id,
      kind: 'Like',
    });
  });

  it('works for comments and replies alike', async () => {
    const { id: postId } = await publish(ada, 'post');
    const { id } = await comment(bob, postId, 'comment');
    const reply = await comment(ada, postId, 'reply', { parentId: id });
    for (const target of [id, reply.id]) {
      const { comment: reacted, post } = await react(eve.client, 'COMMENT', target, 'LOVE');
      expect([reacted?.viewerReaction, reacted?.reactionCounts.total, post]).toEqual(['LOVE', 1, null]);
      expect((await removeReaction(eve.client, 'COMMENT', target)).comment?.reactionCounts.total).toBe(0);
    }
    expect(await outboxEvents(posts, 'Reacted', `Comment:${id}:${eve.id}`)).toMatchObject([
      { payload: { entityType: 'Comment', entityOwnerId: bob.id } },
    ]);
  });

  it('is not possible to what one doesn’t see or what is gone', async () => {
    const secret = await publish(ada, 'secret', { visibility: 'PRIVATE' });
    const gone = await publish(ada, 'gone');
    const { id: commentId } = await comment(bob, gone.id, 'x');
    const { id: deleted } = await comment(bob, gone.id, 'y');
    await comment(bob, gone.id, 'z', { parentId: deleted });
    await deleteComment(bob.client, deleted);
    expect(codesOf(await react(eve.client, 'COMMENT', deleted, 'LIKE'))).toEqual(['NOT_FOUND entityId']);
    await deletePost(ada.client, gone.id);
    for (const [type, id] of [
      ['POST', secret.id],
      ['POST', gone.id],
      ['POST', 'nonsense'],
      ['COMMENT', commentId],
      ['COMMENT', secret.id],
    ] as const) {
      expect(codesOf(await react(eve.client, type, id, 'LIKE'))).toEqual(['NOT_FOUND entityId']);
    }
  });
});

describe('fifty people at once', () => {
  it('are counted exactly, whatever they do and whichever instances they use', async () => {
    const names = Array.from({ length: 50 }, (_, n) => `crowd_${n}`);
    const crowd = await posts.people(...names);
    const { id } = await publish(ada, 'popular');
    const { id: commentId } = await comment(ada, id, 'popular too');
    const kinds = ['LIKE', 'LOVE', 'HAHA', 'WOW', 'SAD'];
    await Promise.all(
      crowd.map(async ({ id: userId }, n) => {
        const client = posts.client(userId, posts.instance(n));
        await react(client, 'POST', id, 'LIKE');
        await react(client, 'POST', id, kinds[n % 5] ?? '');
        await react(client, 'COMMENT', commentId, 'LOVE');
        if (n % 10 === 0) await removeReaction(client, 'POST', id);
      }),
    );
    // Every tenth took a LIKE back: those whose kind was the first.
    expect((await readPost(ada.client, id))?.reactionCounts).toEqual({
      ...NONE,
      like: 5,
      love: 10,
      haha: 10,
      wow: 10,
      sad: 10,
      total: 45,
    });
    expect(
      await posts.db.collection('likes').countDocuments({ entityType: 'Post', reactionType: 'Like' }),
    ).toBeGreaterThanOrEqual(5);
    const stored = await posts.db.collection('comments').findOne({ content: 'popular too' });
    expect(stored).toMatchObject({ likesCount: 50, reactionCounts: { Love: 50 } });
  });

  it('taps of one person end with one reaction', async () => {
    const { id } = await publish(ada, 'tapped');
    const kinds = ['LIKE', 'LOVE', 'HAHA', 'WOW', 'SAD', 'ANGRY'];
    await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        react(posts.client(bob.id, posts.instance(n)), 'POST', id, kinds[n % 6] ?? ''),
      ),
    );
    const post = await readPost(bob.client, id);
    expect(post?.reactionCounts.total).toBe(1);
    expect(post?.reactionCounts[post.viewerReaction?.toLowerCase() ?? '']).toBe(1);
  });
});

describe('who reacted', () => {
  it('is listed newest first, of one kind or all, page by page', async () => {
    const { id } = await publish(ada, 'post');
    const people = await posts.people('r_one', 'r_two', 'r_three');
    for (const [n, { client }] of people.entries()) await react(client, 'POST', id, n === 1 ? 'SAD' : 'LIKE');
    expect(namesOf(await reactionsTo(bob.client, id))).toEqual(['r_three', 'r_two', 'r_one']);
    expect(namesOf(await reactionsTo(bob.client, id, '(kind: LIKE)'))).toEqual(['r_three', 'r_one']);
    const first = await reactionsTo(bob.client, id, '(first: 2)');
    expect(first?.pageInfo.hasNextPage).toBe(true);
    expect(namesOf(await reactionsTo(bob.client, id, `(first: 2, after: "${first?.pageInfo.endCursor}")`))).toEqual([
      'r_one',
    ]);
  });

  it('leaves out whom the viewer doesn’t come across, without a hole in the page', async () => {
    const { id } = await publish(ada, 'post');
    const [blocked, away, fine] = await posts.people('r_blocked', 'r_away', 'r_fine');
    for (const { client } of [fine, away, blocked]) await react(client, 'POST', id, 'LIKE');
    await posts.world.block(blocked, bob);
    await posts.world.setStatus(away, 'Inactive');
    expect(namesOf(await reactionsTo(bob.client, id, '(first: 1)'))).toEqual(['r_fine']);
    expect(namesOf(await reactionsTo(blocked.client, id))).toEqual(['r_blocked', 'r_fine']);
    expect((await readPost(bob.client, id))?.reactionCounts.like).toBe(3);
  });
});
