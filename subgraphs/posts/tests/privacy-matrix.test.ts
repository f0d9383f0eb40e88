import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  comment,
  entity,
  hashtag,
  homeFeed,
  listen,
  postsOf,
  publish,
  react,
  readPost,
  searchPosts,
  vote,
} from './support/operations.ts';
import { type Person, type Posts, startPosts } from './support/posts.ts';

// Relation × visibility × surface: what the policy says of a post is so wherever one could come across it.

const VISIBILITIES = ['PUBLIC', 'FRIENDS', 'PRIVATE', 'CUSTOM'] as const;
type Visibility = (typeof VISIBILITIES)[number];
const RELATIONS = ['self', 'friend', 'follower', 'stranger', 'named', 'blocked', 'blocker', 'anonymous'] as const;
type Relation = (typeof RELATIONS)[number];

/** Who sees a post, by its visibility, while nobody's account is away. */
const SEES: Record<Visibility, readonly Relation[]> = {
  PUBLIC: ['self', 'friend', 'follower', 'stranger', 'named', 'anonymous'],
  FRIENDS: ['self', 'friend'],
  PRIVATE: ['self'],
  CUSTOM: ['self', 'named'],
};
/** Who follows the author, or is the author. */
const READS: readonly Relation[] = ['self', 'friend', 'follower', 'named'];

let posts: Posts;
let author: Person;
let people: Record<Exclude<Relation, 'anonymous' | 'self'>, Person>;
let ids: Record<Visibility, { readonly post: string; readonly comment: string; readonly reply: string }>;

beforeAll(async () => {
  posts = await startPosts();
  const names = [
    'mx_author',
    'mx_friend',
    'mx_follower',
    'mx_stranger',
    'mx_named',
    'mx_blocked',
    'mx_blocker',
  ] as const;
  const [writer, friend, follower, stranger, named, blocked, blocker] = await posts.people(...names);
  author = writer;
  people = { friend, follower, stranger, named, blocked, blocker };
  await posts.befriend(author, friend);
  // They followed before the block, and are named in the audience: neither may help them.
  for (const person of [follower, named, blocked, blocker]) await posts.world.follow(person, author);
  const audienceIds = [named, blocked, blocker].map(({ id }) => id);
  const made = VISIBILITIES.map(async (visibility) => {
    const custom = visibility === 'CUSTOM' ? { audienceIds } : {};
    const poll = { question: 'Which?', options: ['a', 'b'] };
    const content = `quokka ${visibility.toLowerCase()} #matrix`;
    const post = await publish(author, content, { visibility, poll, ...custom });
    const one = await comment(author, post.id, 'a comment');
    const reply = await comment(author, post.id, 'a reply', { parentId: one.id });
    return [visibility, { post: post.id, comment: one.id, reply: reply.id }] as const;
  });
  ids = Object.fromEntries(await Promise.all(made)) as typeof ids;
  await posts.world.block(author, blocked);
  await posts.world.block(blocker, author);
});
afterAll(() => posts.stop());

function personOf(relation: Relation): Person | undefined {
  if (relation === 'anonymous') return undefined;
  return relation === 'self' ? author : people[relation];
}
const clientOf = (relation: Relation) => posts.client(personOf(relation)?.id);

const has = (page: { nodes: readonly { id: string }[] } | null | undefined, id: string) =>
  page?.nodes.some((node) => node.id === id) ?? false;

/** Whether a stream begins: its first comment arrives, or it is refused. */
async function canListen(relation: Relation, postId: string): Promise<boolean> {
  // From before the first comment, so that something comes at once.
  const cursor = Buffer.from(JSON.stringify(['comments-added', [postId, 0]])).toString('base64url');
  const events = listen(posts, personOf(relation), postId, cursor);
  const { data, errors } = await events.next();
  events.stop();
  if (errors) expect(errors[0]?.extensions?.code).toBe('FORBIDDEN');
  return data?.commentAdded?.comment.content === 'a comment';
}

/** On which surfaces a viewer meets a post. */
async function surfaces(relation: Relation, visibility: Visibility) {
  const client = clientOf(relation);
  const { post, comment: one, reply } = ids[visibility];
  const nested = await entity<{ post: { content: string }; replies: { nodes: { post: { id: string } }[] } }>(
    client,
    'Comment',
    one,
    'post { content } replies { nodes { post { id } } }',
  );
  return {
    query: (await readPost(client, post)) !== null,
    entity: (await entity(client, 'Post', post, 'content')) !== null,
    comment: nested !== null && nested.replies.nodes.length === 1,
    reply: (await entity(client, 'Comment', reply, 'content parent { id }')) !== null,
    page: has((await postsOf(client, author.id)).posts, post),
    search: has(await searchPosts(client, `quokka ${visibility}`), post),
    subscription: await canListen(relation, post),
  };
}

const everywhere = (isSeen: boolean) => ({
  query: isSeen,
  entity: isSeen,
  comment: isSeen,
  reply: isSeen,
  page: isSeen,
  search: isSeen,
  subscription: isSeen,
});

describe.each(VISIBILITIES)('a %s post', (visibility) => {
  it.each(RELATIONS)('is met by %s as the policy says, on every surface', async (relation) => {
    expect(await surfaces(relation, visibility)).toEqual(everywhere(SEES[visibility].includes(relation)));
  });

  it('is in the home feeds of those who follow and see it', async () => {
    for (const relation of RELATIONS.filter((one) => one !== 'anonymous')) {
      const isIn = has(await homeFeed(clientOf(relation), { first: 50 }), ids[visibility].post);
      const expected = READS.includes(relation) && SEES[visibility].includes(relation);
      expect([relation, isIn]).toEqual([relation, expected]);
    }
  });

  it('is on the page of its hashtag when it is public, for who sees it', async () => {
    for (const relation of RELATIONS) {
      const isIn = has((await hashtag(clientOf(relation), 'matrix'))?.posts, ids[visibility].post);
      expect([relation, isIn]).toEqual([relation, visibility === 'PUBLIC' && SEES.PUBLIC.includes(relation)]);
    }
  });

  it('can be answered, reacted to and voted in by who is logged in and sees it', async () => {
    for (const relation of RELATIONS.filter((one) => one !== 'anonymous')) {
      const client = clientOf(relation);
      const { post, comment: one } = ids[visibility];
      const expected = SEES[visibility].includes(relation);
      const done = {
        reacts: (await react(client, 'POST', post, 'LIKE')).post !== null,
        likes: (await react(client, 'COMMENT', one, 'LOVE')).comment !== null,
        votes: (await vote(client, post, '1')).post !== null,
        writes: await comment({ client }, post, 'hi').then(
          () => true,
          () => false,
        ),
      };
      expect([relation, done]).toEqual([
        relation,
        { reacts: expected, likes: expected, votes: expected, writes: expected },
      ]);
    }
  });
});

describe('a person’s page that is', () => {
  it.each([
    ['Public', ['self', 'friend', 'follower', 'stranger', 'named', 'anonymous']],
    ['Friends', ['self', 'friend']],
    ['Private', ['self']],
  ] as const)('%s shows and finds their posts to those alone, and hides no post itself', async (setting, seeing) => {
    await posts.world.allow(author, { profileVisibility: setting });
    for (const relation of RELATIONS) {
      const client = clientOf(relation);
      const isSeen = (seeing as readonly string[]).includes(relation);
      const { posts: page, postsCount } = await postsOf(client, author.id);
      expect([relation, page !== null, postsCount !== null]).toEqual([relation, isSeen, isSeen]);
      expect(has(await searchPosts(client, 'quokka public'), ids.PUBLIC.post)).toBe(isSeen);
      expect((await readPost(client, ids.PUBLIC.post)) !== null).toBe(SEES.PUBLIC.includes(relation));
      expect(has((await hashtag(client, 'matrix'))?.posts, ids.PUBLIC.post)).toBe(SEES.PUBLIC.includes(relation));
    }
    await posts.world.allow(author, { profileVisibility: 'Public' });
  });
});

describe('an author whose account is', () => {
  it.each(['Inactive', 'Suspended', 'Deleted'] as const)('%s is met by nobody else, anywhere', async (status) => {
    await posts.world.setStatus(author, status);
    for (const relation of RELATIONS.filter((one) => one !== 'self')) {
      expect([relation, await surfaces(relation, 'PUBLIC')]).toEqual([relation, everywhere(false)]);
      if (relation === 'anonymous') continue;
      expect(has(await homeFeed(clientOf(relation)), ids.PUBLIC.post)).toBe(false);
      expect(has((await hashtag(clientOf(relation), 'matrix'))?.posts, ids.PUBLIC.post)).toBe(false);
    }
    await posts.world.setStatus(author, 'Active');
  });
});

describe('what a post tells of others', () => {
  it('is its audience to the author alone, and mentions of people whom the viewer meets', async () => {
    expect((await readPost(author.client, ids.CUSTOM.post))?.audience).toHaveLength(3);
    expect((await readPost(people.named.client, ids.CUSTOM.post))?.audience).toBeNull();
    const [mentioned, avoiding] = await posts.people('mx_mentioned', 'mx_avoiding');
    await posts.world.allow(mentioned, { allowMentions: 'Everyone' });
    const { id } = await publish(author, 'with @mx_mentioned');
    await posts.world.block(avoiding, mentioned);
    const names = async (client: Person['client']) => (await readPost(client, id))?.mentions.map(({ name }) => name);
    expect(await names(people.stranger.client)).toEqual(['mx_mentioned']);
    expect(await names(avoiding.client)).toEqual([]);
  });
});
