import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  addComment,
  comment,
  commentsOf,
  contentsOf,
  deleteComment,
  deletePost,
  entity,
  outboxEvents,
  type PageOf,
  publish,
  readPost,
  updatePost,
} from './support/operations.ts';
import { type Person, type Posts, startPosts } from './support/posts.ts';

let posts: Posts;
let ada: Person;
let bob: Person;
let eve: Person;
beforeAll(async () => {
  posts = await startPosts({ instances: 2 });
  [ada, bob, eve] = await posts.people('ada', 'bob', 'eve');
  await posts.befriend(ada, bob);
});
afterAll(() => posts.stop());

const codesOf = ({ errors }: { errors: readonly { code: string; path: readonly string[] }[] }) =>
  errors.map(({ code, path }) => `${code} ${path.slice(1).join('.')}`);

const repliesTo = async (client: Person['client'], id: string) =>
  (
    await entity<{ replyCount: number; replies: PageOf<{ content: string | null }> }>(
      client,
      'Comment',
      id,
      'replyCount replies { nodes { content } }',
    )
  )?.replies;

describe('commenting', () => {
  it('shows the comment with who wrote it, on its post, and counts it', async () => {
    const post = await publish(ada, 'post');
    const written = await comment(eve, post.id, 'Nice, @ada and @bob');
    expect(written).toMatchObject({
      content: 'Nice, @ada and @bob',
      isDeleted: false,
      author: { id: eve.id, username: 'eve' },
      replyCount: 0,
      mentions: [],
      parent: null,
      post: { id: post.id, commentCount: 1 },
    });
    expect((await commentsOf(bob.client, post.id))?.comments.nodes).toEqual([written]);
    expect(await entity(posts.client(undefined), 'Comment', written.id, 'content')).toEqual({
      content: written.content,
    });
  });

  it('tells other services of comments, replies and people who are mentioned and see the post', async () => {
    const post = await publish(ada, 'post', { visibility: 'FRIENDS' });
    const first = await comment(bob, post.id, 'first');
    const reply = await comment(ada, post.id, 'hello @bob', { parentId: first.id });
    expect(await outboxEvents(posts, 'CommentCreated', first.id)).toMatchObject([
      {
        version: 1,
        payload: {
          postId: post.id,
          authorId: bob.id,
          postAuthorId: ada.id,
          parentCommentId: null,
          parentAuthorId: null,
        },
      },
    ]);
    expect(await outboxEvents(posts, 'CommentCreated', reply.id)).toMatchObject([
      { payload: { authorId: ada.id, parentCommentId: first.id, parentAuthorId: bob.id } },
    ]);
    expect(await outboxEvents(posts, 'Mentioned', `Comment:${reply.id}:${bob.id}`)).toMatchObject([
      { payload: { entityType: 'Comment', entityId: reply.id, postId: post.id, mentionedUserId: bob.id } },
    ]);
    await posts.world.allow(eve, { allowMentions: 'Everyone' });
    const aside = await comment(bob, post.id, 'ask @eve');
    expect(aside.mentions).toEqual([{ name: 'eve' }]);
    expect(await outboxEvents(posts, 'Mentioned', `Comment:${aside.id}:${eve.id}`)).toEqual([]);
  });

  it('lists comments newest first without replies, and replies below theirs', async () => {
    const post = await publish(ada, 'post');
    const [one, two] = [await comment(ada, post.id, 'one'), await comment(bob, post.id, 'two')];
    await comment(eve, post.id, 'one.a', { parentId: one.id });
    const last = await comment(ada, post.id, 'one.b', { parentId: one.id });
    expect(last).toMatchObject({ parent: { id: one.id }, post: { commentCount: 4 } });
    const page = await commentsOf(ada.client, post.id);
    expect(contentsOf(page?.comments ?? null)).toEqual(['two', 'one']);
    expect(page?.comments.nodes.map(({ replyCount }) => replyCount)).toEqual([0, 2]);
    expect(contentsOf((await repliesTo(ada.client, one.id)) ?? null)).toEqual(['one.b', 'one.a']);
    expect(contentsOf((await repliesTo(ada.client, two.id)) ?? null)).toEqual([]);
    const first = await commentsOf(ada.client, post.id, { first: 1 });
    const second = await commentsOf(ada.client, post.id, { first: 1, after: first?.comments.pageInfo.endCursor });
    expect([contentsOf(first?.comments ?? null), contentsOf(second?.comments ?? null)]).toEqual([['two'], ['one']]);
  });

  it('goes two deep, and on the same post only', async () => {
    const [post, other] = [await publish(ada, 'post'), await publish(ada, 'other')];
    const one = await comment(ada, post.id, 'one');
    const reply = await comment(ada, post.id, 'reply', { parentId: one.id });
    const at = (parentId: string, postId = post.id) => addComment(bob.client, { postId, content: 'x', parentId });
    expect(codesOf(await at(reply.id))).toEqual(['NOT_ALLOWED parentId']);
    expect(codesOf(await at(one.id, other.id))).toEqual(['NOT_FOUND parentId']);
    expect(codesOf(await at('f'.repeat(24)))).toEqual(['NOT_FOUND parentId']);
  });

  it.each<[string, Record<string, unknown>, string[]]>([
    ['nothing', { content: '  ' }, ['REQUIRED content']],
    ['2,001 characters', { content: 'x'.repeat(2001) }, ['TOO_LONG content']],
    ['a null character', { content: 'a\0' }, ['INVALID_FORMAT content']],
    ['a post that isn’t', { postId: 'f'.repeat(24) }, ['NOT_FOUND postId']],
    ['nonsense for a post', { postId: 'nonsense' }, ['NOT_FOUND postId']],
    ['a long id of the request', { clientMutationId: 'x'.repeat(65) }, ['TOO_LONG clientMutationId']],
  ])('refuses %s', async (_what, input, expected) => {
    const { id: postId } = await publish(ada, 'post');
    expect(codesOf(await addComment(bob.client, { postId, content: 'x', ...input }))).toEqual(expected);
  });

  it('is for those who see the post', async () => {
    const { id } = await publish(ada, 'friends', { visibility: 'FRIENDS' });
    expect(codesOf(await addComment(eve.client, { postId: id, content: 'x' }))).toEqual(['NOT_FOUND postId']);
    await comment(bob, id, 'fine');
    await updatePost(ada.client, { postId: id, visibility: 'PRIVATE' });
    expect(codesOf(await addComment(bob.client, { postId: id, content: 'x' }))).toEqual(['NOT_FOUND postId']);
  });
});

describe('commenting again with the same id', () => {
  it('gives the first comment back and counts it once, whichever instances get it', async () => {
    const { id: postId } = await publish(ada, 'post');
    const input = { postId, content: 'once', clientMutationId: randomUUID() };
    const payloads = await Promise.all(
      Array.from({ length: 10 }, (_, n) => addComment(posts.client(bob.id, posts.instance(n)), input)),
    );
    expect(new Set(payloads.map(({ comment: written }) => written?.id)).size).toBe(1);
    expect((await readPost(ada.client, postId))?.commentCount).toBe(1);
    expect(await outboxEvents(posts, 'CommentCreated', payloads[0]?.comment?.id ?? '')).toHaveLength(1);
    await expect(addComment(bob.client, { ...input, content: 'twice' })).rejects.toThrow('IDEMPOTENCY_CONFLICT');
    expect((await addComment(eve.client, input)).comment?.id).not.toBe(payloads[0]?.comment?.id);
  });
});

describe('deleting a comment', () => {
  it('is for its author and the post’s', async () => {
    const { id: postId } = await publish(ada, 'post');
    const [one, two] = [await comment(eve, postId, 'one'), await comment(eve, postId, 'two')];
    expect(codesOf(await deleteComment(bob.client, one.id))).toEqual(['NOT_ALLOWED commentId']);
    expect(codesOf(await deleteComment(bob.client, 'f'.repeat(24)))).toEqual(['NOT_FOUND commentId']);
    expect(await deleteComment(eve.client, one.id)).toEqual({ commentId: one.id, errors: [] });
    expect(await deleteComment(ada.client, two.id)).toEqual({ commentId: two.id, errors: [] });
    expect(await deleteComment(ada.client, two.id)).toEqual({ commentId: two.id, errors: [] });
    expect((await commentsOf(bob.client, postId))?.comments.nodes).toEqual([]);
    expect((await readPost(bob.client, postId))?.commentCount).toBe(0);
    expect(await outboxEvents(posts, 'CommentDeleted', one.id)).toMatchObject([{ version: 2 }]);
  });

  it('is not even refused to who can’t see the comment', async () => {
    const { id: postId } = await publish(ada, 'post', { visibility: 'FRIENDS' });
    const { id } = await comment(bob, postId, 'hidden');
    expect(codesOf(await deleteComment(eve.client, id))).toEqual(['NOT_FOUND commentId']);
  });

  it('leaves a tombstone while there are replies, without text or name', async () => {
    const { id: postId } = await publish(ada, 'post');
    const { id } = await comment(eve, postId, 'secret @ada');
    const reply = await comment(bob, postId, 'answer', { parentId: id });
    await deleteComment(eve.client, id);
    const page = await commentsOf(bob.client, postId);
    expect(page).toMatchObject({
      commentCount: 1,
      comments: { nodes: [{ id, isDeleted: true, content: null, author: null, mentions: [], replyCount: 1 }] },
    });
    expect(JSON.stringify(await posts.db.collection('comments').find({}).toArray())).not.toContain('secret');
    expect(codesOf(await addComment(bob.client, { postId, content: 'x', parentId: id }))).toEqual([
      'NOT_FOUND parentId',
    ]);
    await deleteComment(ada.client, reply.id);
    expect(await commentsOf(bob.client, postId)).toMatchObject({ commentCount: 0, comments: { nodes: [] } });
    expect(await entity(bob.client, 'Comment', id, 'id')).toBeNull();
  });

  it('takes all comments out of sight with their post', async () => {
    const { id: postId } = await publish(ada, 'post');
    const { id } = await comment(bob, postId, 'x');
    await deletePost(ada.client, postId);
    expect(await entity(bob.client, 'Comment', id, 'id')).toBeNull();
    expect(codesOf(await addComment(bob.client, { postId, content: 'y' }))).toEqual(['NOT_FOUND postId']);
    // One's own can still be taken back.
    expect(await deleteComment(bob.client, id)).toEqual({ commentId: id, errors: [] });
  });
});

describe('what is between people', () => {
  it('hides comments across a block from both, replies to them included, and nothing from others', async () => {
    const [fay, gus] = await posts.people('fay', 'gus');
    const { id: postId } = await publish(ada, 'post');
    const one = await comment(fay, postId, 'by fay');
    const reply = await comment(bob, postId, 'to fay', { parentId: one.id });
    await comment(gus, postId, 'by gus');
    await posts.world.block(fay, gus);
    const seen = async (client: Person['client']) => contentsOf((await commentsOf(client, postId))?.comments ?? null);
    expect(await seen(gus.client)).toEqual(['by gus']);
    expect(await seen(fay.client)).toEqual(['by fay']);
    expect(await seen(bob.client)).toEqual(['by gus', 'by fay']);
    for (const id of [one.id, reply.id]) expect(await entity(gus.client, 'Comment', id, 'id')).toBeNull();
    expect(codesOf(await addComment(gus.client, { postId, content: 'x', parentId: one.id }))).toEqual([
      'NOT_FOUND parentId',
    ]);
  });

  it('hides comments of accounts that are away and shows those of erased ones without a name', async () => {
    const [hal, ivy] = await posts.people('hal', 'ivy');
    const { id: postId } = await publish(ada, 'post');
    await comment(hal, postId, 'by hal');
    await comment(ivy, postId, 'by ivy');
    await posts.world.setStatus(hal, 'Suspended');
    expect(contentsOf((await commentsOf(bob.client, postId))?.comments ?? null)).toEqual(['by ivy']);
    await posts.world.setStatus(hal, 'Active');
    await posts.world.publishTo('posts-people', posts.world.event('UserPurged', ivy.id, { userId: ivy.id }));
    expect((await commentsOf(bob.client, postId))?.comments.nodes).toMatchObject([
      { content: 'by ivy', author: { username: 'deleted' } },
      { content: 'by hal' },
    ]);
  });
});
