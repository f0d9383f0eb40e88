import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  contentsOf,
  createPost,
  deletePost,
  entity,
  outboxEvents,
  postsOf,
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

describe('publishing', () => {
  it('shows the post with who wrote it, its hashtags and whom it mentions', async () => {
    const post = await publish(ada, 'Hello @BOB and @nobody: #Straße #東京 #strasse');
    expect(post).toMatchObject({
      kind: 'TEXT',
      visibility: 'PUBLIC',
      author: { id: ada.id, username: 'ada', displayName: 'ada T.' },
      hashtags: ['strasse', '東京'],
      mentions: [{ name: 'BOB', user: { id: bob.id } }],
      media: [],
      audience: null,
      commentCount: 0,
      viewerReaction: null,
      reactionCounts: { like: 0, total: 0 },
      poll: null,
      editedAt: null,
    });
    expect(await readPost(bob.client, post.id)).toEqual(post);
    expect(await readPost(posts.client(undefined), post.id)).toMatchObject({ content: post.content });
    expect(await entity(eve.client, 'Post', post.id, 'content')).toEqual({ content: post.content });
  });

  it('tells other services of it, and mentioned people once', async () => {
    const post = await publish(ada, 'Look @bob', { visibility: 'FRIENDS' });
    expect(await outboxEvents(posts, 'PostCreated', post.id)).toMatchObject([
      {
        version: 1,
        payload: {
          postId: post.id,
          authorId: ada.id,
          visibility: 'Friends',
          kind: 'Text',
          mediaIds: [],
          taggedUserIds: [],
        },
      },
    ]);
    const mention = `Post:${post.id}:${bob.id}`;
    expect(await outboxEvents(posts, 'Mentioned', mention)).toMatchObject([
      { payload: { mentionedUserId: bob.id, actorId: ada.id, entityType: 'Post', entityId: post.id, postId: post.id } },
    ]);
    await updatePost(ada.client, { postId: post.id, content: 'Look again @bob' });
    expect(await outboxEvents(posts, 'Mentioned', mention)).toHaveLength(1);
  });

  it('tells a mentioned person only once they may see it', async () => {
    const post = await publish(ada, 'Soon @bob', { visibility: 'PRIVATE' });
    const mention = `Post:${post.id}:${bob.id}`;
    expect(await outboxEvents(posts, 'Mentioned', mention)).toEqual([]);
    expect(post.mentions).toHaveLength(1);
    await updatePost(ada.client, { postId: post.id, visibility: 'FRIENDS' });
    await updatePost(ada.client, { postId: post.id, visibility: 'PUBLIC' });
    expect(await outboxEvents(posts, 'Mentioned', mention)).toHaveLength(1);
  });

  it('links nobody who doesn’t want it, and nobody across a block', async () => {
    const [everyone, none, blocker] = await posts.people('mentions_all', 'mentions_none', 'mentions_blocks');
    await posts.world.allow(everyone, { allowMentions: 'Everyone' });
    await posts.world.allow(none, { allowMentions: 'None' });
    await posts.befriend(ada, none);
    await posts.world.allow(blocker, { allowMentions: 'Everyone' });
    await posts.world.block(blocker, ada);
    const post = await publish(ada, '@mentions_all @mentions_none @mentions_blocks @eve');
    expect(post.mentions.map(({ name }) => name)).toEqual(['mentions_all']);
  });

  it('links the person and not the name: also after they are renamed, and by the new name from then on', async () => {
    const [kim] = await posts.people('kim_old');
    await posts.world.allow(kim, { allowMentions: 'Everyone' });
    const before = await publish(ada, 'hi @kim_old');
    await posts.world.publish(posts.world.event('UsernameChanged', kim.id, { userId: kim.id, username: 'Kim_New' }));
    const query = 'query ($id: ID!) { post(id: $id) { mentions { name user { id username } } } }';
    expect(await bob.client.data(query, { id: before.id })).toEqual({
      post: { mentions: [{ name: 'kim_old', user: { id: kim.id, username: 'Kim_New' } }] },
    });
    const after = await publish(ada, '@kim_old @KIM_new');
    expect(after.mentions).toEqual([{ name: 'KIM_new', user: { id: kim.id } }]);
  });

  it('takes pictures and films of the author that are ready, and says which they are', async () => {
    const [picture, film] = ['1'.repeat(24), '2'.repeat(24)] as const;
    posts.media.files.set(picture, { ownerId: ada.id });
    posts.media.files.set(film, { ownerId: ada.id, kind: 'VIDEO' });
    const photo = await publish(ada, '', { mediaIds: [picture] });
    expect(photo).toMatchObject({ kind: 'PHOTO', media: [{ id: picture }], content: '' });
    expect(await publish(ada, 'both', { mediaIds: [picture, film] })).toMatchObject({ kind: 'VIDEO' });
    expect(await outboxEvents(posts, 'PostCreated', photo.id)).toMatchObject([{ payload: { mediaIds: [picture] } }]);
  });

  it.each<[string, Record<string, unknown>, string[]]>([
    ['nothing', {}, ['REQUIRED content']],
    ['spaces', { content: ' \n ' }, ['REQUIRED content']],
    ['5,001 characters', { content: 'x'.repeat(5001) }, ['TOO_LONG content']],
    ['a null character', { content: 'a\0b' }, ['INVALID_FORMAT content']],
    ['somebody else’s file', { mediaIds: ['3'.repeat(24)] }, ['NOT_FOUND mediaIds.0']],
    ['a file that isn’t ready', { mediaIds: ['4'.repeat(24)] }, ['NOT_ALLOWED mediaIds.0']],
    ['a document', { mediaIds: ['5'.repeat(24)] }, ['INVALID_FORMAT mediaIds.0']],
    ['a profile’s picture', { mediaIds: ['6'.repeat(24)] }, ['INVALID_FORMAT mediaIds.0']],
    ['eleven files', { mediaIds: Array.from({ length: 11 }, (_, n) => `${n}`) }, ['TOO_LONG mediaIds']],
    ['an audience without CUSTOM', { content: 'x', audienceIds: [randomUUID()] }, ['NOT_ALLOWED audienceIds']],
    ['CUSTOM without an audience', { content: 'x', visibility: 'CUSTOM' }, ['REQUIRED audienceIds']],
    ['an audience of texts', { content: 'x', visibility: 'CUSTOM', audienceIds: ['ada'] }, ['NOT_FOUND audienceIds.0']],
    [
      'an audience of 257',
      { content: 'x', visibility: 'CUSTOM', audienceIds: Array.from({ length: 257 }, () => randomUUID()) },
      ['TOO_LONG audienceIds'],
    ],
    ['an empty id of the request', { content: 'x', clientMutationId: '' }, ['REQUIRED clientMutationId']],
  ])('refuses %s', async (_what, input, expected) => {
    posts.media.files.set('3'.repeat(24), { ownerId: bob.id });
    posts.media.files.set('4'.repeat(24), { ownerId: ada.id, isReady: false });
    posts.media.files.set('5'.repeat(24), { ownerId: ada.id, kind: 'DOCUMENT' });
    posts.media.files.set('6'.repeat(24), { ownerId: ada.id, category: 'PROFILE' });
    const payload = await createPost(ada.client, { visibility: 'PUBLIC', ...input });
    expect(payload.post).toBeNull();
    expect(codesOf(payload)).toEqual(expected);
  });

  it('takes 5,000 characters of which each is two code units', async () => {
    expect((await publish(ada, '🦘'.repeat(5000))).content).toBe('🦘'.repeat(5000));
  });

  it('is for who is logged in', async () => {
    const result = await posts
      .client(undefined)
      .execute('mutation ($input: CreatePostInput!) { createPost(input: $input) { errors { code } } }', {
        input: { content: 'x', visibility: 'PUBLIC' },
      });
    expect(result.errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED');
  });
});

describe('publishing again with the same id', () => {
  const input = (clientMutationId: string) => ({ content: 'once @bob', visibility: 'PUBLIC', clientMutationId });

  it('gives the first post back, also on another instance and at the same moment', async () => {
    const id = randomUUID();
    const payloads = await Promise.all(
      Array.from({ length: 10 }, (_, n) => createPost(posts.client(ada.id, posts.instance(n)), input(id))),
    );
    expect(new Set(payloads.map(({ post }) => post?.id)).size).toBe(1);
    expect(payloads.flatMap(({ errors }) => errors)).toEqual([]);
    expect(await outboxEvents(posts, 'PostCreated', payloads[0]?.post?.id ?? '')).toHaveLength(1);
  });

  it('gives it back as it is now, also when it was edited', async () => {
    const id = randomUUID();
    const { post } = await createPost(ada.client, input(id));
    await updatePost(ada.client, { postId: post?.id, content: 'edited' });
    expect((await createPost(ada.client, input(id))).post).toMatchObject({ id: post?.id, content: 'edited' });
  });

  it('is a mistake for another request, and nobody else’s business', async () => {
    const id = randomUUID();
    const { post } = await createPost(ada.client, input(id));
    await expect(createPost(ada.client, { ...input(id), visibility: 'PRIVATE' })).rejects.toThrow(
      'IDEMPOTENCY_CONFLICT',
    );
    const other = await createPost(bob.client, input(id));
    expect(other.post?.id).not.toBe(post?.id);
  });
});

describe('editing', () => {
  it('changes text, hashtags and mentions and says when', async () => {
    const { id } = await publish(ada, 'old #one @bob');
    const { post } = await updatePost(ada.client, { postId: id, content: 'new #two' });
    expect(post).toMatchObject({ content: 'new #two', hashtags: ['two'], mentions: [] });
    expect(post?.editedAt).toEqual(expect.any(String));
    expect(await outboxEvents(posts, 'PostUpdated', id)).toMatchObject([{ version: 2 }]);
  });

  it('narrows who may see it from that moment on', async () => {
    const { id } = await publish(ada, 'for all');
    expect(await readPost(eve.client, id)).not.toBeNull();
    const { post } = await updatePost(ada.client, { postId: id, visibility: 'FRIENDS' });
    expect(post).toMatchObject({ visibility: 'FRIENDS', editedAt: null });
    expect(await readPost(eve.client, id)).toBeNull();
    expect(await readPost(bob.client, id)).not.toBeNull();
    const custom = { postId: id, visibility: 'CUSTOM', audienceIds: [eve.id, ada.id] };
    expect((await updatePost(ada.client, custom)).post?.audience).toEqual([{ id: eve.id }]);
    expect(await readPost(bob.client, id)).toBeNull();
    expect((await readPost(eve.client, id))?.audience).toBeNull();
    await updatePost(ada.client, { postId: id, visibility: 'PRIVATE' });
    expect(await readPost(eve.client, id)).toBeNull();
    // The audience is forgotten with the visibility it belonged to.
    expect(codesOf(await updatePost(ada.client, { postId: id, visibility: 'CUSTOM' }))).toEqual([
      'REQUIRED audienceIds',
    ]);
  });

  it('is the author’s alone, and others are not told whether there is one', async () => {
    const { id } = await publish(ada, 'mine');
    for (const postId of [id, 'f'.repeat(24), 'nonsense']) {
      expect(codesOf(await updatePost(bob.client, { postId, content: 'yours' }))).toEqual(['NOT_FOUND postId']);
    }
    expect(codesOf(await updatePost(ada.client, { postId: id, content: ' ' }))).toEqual(['REQUIRED content']);
  });
});

describe('deleting', () => {
  it('takes the post away for everybody, once', async () => {
    const { id } = await publish(ada, 'gone');
    expect(codesOf(await deletePost(bob.client, id))).toEqual(['NOT_FOUND postId']);
    expect(await deletePost(ada.client, id)).toEqual({ postId: id, errors: [] });
    expect(await deletePost(ada.client, id)).toEqual({ postId: id, errors: [] });
    for (const client of [ada.client, bob.client]) expect(await readPost(client, id)).toBeNull();
    expect(codesOf(await updatePost(ada.client, { postId: id, content: 'back' }))).toEqual(['NOT_FOUND postId']);
    expect(await outboxEvents(posts, 'PostDeleted', id)).toMatchObject([{ version: 2, payload: { postId: id } }]);
  });
});

describe('the posts of a person', () => {
  it('come newest first, page by page in both directions, ties included', async () => {
    const at = new Date('2026-05-05T05:05:05Z');
    const [author] = await posts.people('paged');
    const written: string[] = [];
    for (let n = 0; n < 7; n += 1) written.push((await publish(author, `${n}`)).id);
    await posts.db.collection('posts').updateMany({ userId: author.id }, { $set: { createdAt: at } });
    const all = contentsOf((await postsOf(author.client, author.id)).posts);
    expect(all).toEqual(['6', '5', '4', '3', '2', '1', '0']);
    const first = (await postsOf(bob.client, author.id, { first: 3 })).posts;
    expect(contentsOf(first)).toEqual(['6', '5', '4']);
    const second = (await postsOf(bob.client, author.id, { first: 3, after: first?.pageInfo.endCursor })).posts;
    expect(contentsOf(second)).toEqual(['3', '2', '1']);
    expect(second?.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: true });
    const back = (await postsOf(bob.client, author.id, { last: 2, before: second?.pageInfo.startCursor })).posts;
    expect(contentsOf(back)).toEqual(['5', '4']);
    expect(contentsOf((await postsOf(bob.client, author.id, { last: 2 })).posts)).toEqual(['1', '0']);
  });

  it('are counted as the viewer may see them', async () => {
    const [author, friend, named] = await posts.people('counted', 'counted_friend', 'counted_named');
    await posts.befriend(author, friend);
    await publish(author, 'a');
    await publish(author, 'b', { visibility: 'FRIENDS' });
    await publish(author, 'c', { visibility: 'PRIVATE' });
    await publish(author, 'd', { visibility: 'CUSTOM', audienceIds: [named.id] });
    await deletePost(author.client, (await publish(author, 'e')).id);
    const count = async (client: Person['client']) => {
      const { posts: page, postsCount } = await postsOf(client, author.id);
      expect(page?.nodes).toHaveLength(postsCount ?? -1);
      return postsCount;
    };
    expect(await count(author.client)).toBe(4);
    expect(await count(friend.client)).toBe(2);
    expect(await count(named.client)).toBe(2);
    expect(await count(eve.client)).toBe(1);
    expect(await count(posts.client(undefined))).toBe(1);
  });

  it('refuses a foreign cursor and a page that is too large', async () => {
    await expect(postsOf(ada.client, ada.id, { after: 'nonsense' })).rejects.toThrow('BAD_USER_INPUT');
    await expect(postsOf(ada.client, ada.id, { first: 51 })).rejects.toThrow('BAD_USER_INPUT');
  });
});
