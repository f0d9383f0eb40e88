import type { Representation, Upstream } from './upstream.ts';

/**
 * The big query as somebody would write it who has nothing else to do: seven calls in three steps, each entity once per
 * call, results joined by hand. What a general gateway can hope for at best.
 */

interface Reference {
  readonly id: string;
}

interface FeedPost extends Reference {
  readonly text: string;
  readonly createdAt: string;
  readonly author: Reference;
  readonly original: (Reference & { readonly text: string; readonly author: Reference }) | null;
}

interface PersonName {
  readonly username: string;
  readonly displayName: string;
  readonly avatarUrl: string;
  readonly closestFriend?: Reference;
}

interface PostTalk {
  readonly commentCount: number;
  readonly comments: readonly (Reference & {
    readonly text: string;
    readonly createdAt: string;
    readonly author: Reference;
  })[];
}

interface PostReactions {
  readonly likeCount: number;
  readonly likes: readonly { readonly at: string; readonly person: Reference }[];
}

const FEED = `query ($page: Int!) { feed(page: $page) {
  id text createdAt author { id } original { id text author { id } } } }`;
const entities = (selection: string) =>
  `query ($representations: [_Any!]!) { _entities(representations: $representations) { ${selection} } }`;
const NAMES = entities('... on Person { username displayName avatarUrl }');
const NAMES_AND_FRIENDS = entities('... on Person { username displayName avatarUrl closestFriend { id } }');
const TALK = entities(`... on Post { commentCount comments { id text createdAt author { id } } }
  ... on Person { commentCount }`);
const REACTIONS = entities(`... on Post { likeCount likes { at person { id } } } ... on Person { likesReceived }`);
const COMMENT_COUNTS = entities('... on Person { commentCount }');
const LIKES = entities('... on Comment { likeCount } ... on Person { likesReceived }');

const unique = (references: readonly Reference[]) => [...new Set(references.map(({ id }) => id))];
const represent = (__typename: Representation['__typename'], ids: readonly string[]): Representation[] =>
  ids.map((id) => ({ __typename, id }));

/** Entities by id, for one or several types whose ids differ. */
async function fetchById<Entity>(
  upstream: Upstream,
  call: readonly [subgraph: 'people' | 'talk' | 'reactions', query: string],
  representations: readonly Representation[],
): Promise<(reference: Reference) => Entity> {
  const [subgraph, query] = call;
  const found = await upstream.entities<Entity>(subgraph, query, representations);
  const byId = new Map(representations.map(({ id }, index) => [id, found[index]]));
  return ({ id }) => {
    const entity = byId.get(id);
    if (!entity) throw new Error(`${subgraph} doesn't know ${id}`);
    return entity;
  };
}

/** The second step: names of authors, what was said and felt about the posts. */
async function fetchAroundPosts(upstream: Upstream, feed: readonly FeedPost[]) {
  const posts = represent('Post', unique(feed));
  const authors = represent(
    'Person',
    unique(feed.flatMap(({ author, original }) => (original ? [author, original.author] : [author]))),
  );
  const [nameOf, talkOf, reactionsOf] = await Promise.all([
    fetchById<PersonName>(upstream, ['people', NAMES_AND_FRIENDS], authors),
    fetchById<PostTalk>(upstream, ['talk', TALK], [...posts, ...authors]),
    fetchById<PostReactions & { likesReceived: number }>(upstream, ['reactions', REACTIONS], [...posts, ...authors]),
  ]);
  return { authors, nameOf, talkOf, reactionsOf };
}

/** The third step: the people and comments that the second one met. */
async function fetchAroundTalk(
  upstream: Upstream,
  feed: readonly FeedPost[],
  known: Awaited<ReturnType<typeof fetchAroundPosts>>,
) {
  const comments = feed.flatMap((post) => known.talkOf(post).comments);
  const commenters = comments.map(({ author }) => author);
  const likers = feed.flatMap((post) => known.reactionsOf(post).likes.map(({ person }) => person));
  const friends = feed.map(({ author }) => known.nameOf(author).closestFriend ?? author);
  const [nameOf, commentCountOf, likesOf] = await Promise.all([
    fetchById<PersonName>(upstream, ['people', NAMES], represent('Person', unique([...likers, ...commenters]))),
    fetchById<{ commentCount: number }>(
      upstream,
      ['talk', COMMENT_COUNTS],
      represent('Person', unique([...likers, ...friends])),
    ),
    fetchById<{ likeCount: number; likesReceived: number }>(
      upstream,
      ['reactions', LIKES],
      [...represent('Comment', unique(comments)), ...represent('Person', unique([...commenters, ...friends]))],
    ),
  ]);
  return { nameOf, commentCountOf, likesOf };
}

/** The answer to the big query for one page. */
export async function answerFeed(upstream: Upstream, page: number): Promise<string> {
  const { feed } = await upstream.query<{ feed: readonly FeedPost[] }>('posts', FEED, { page });
  const first = await fetchAroundPosts(upstream, feed);
  const second = await fetchAroundTalk(upstream, feed, first);
  const named = ({ id }: Reference, { username, displayName, avatarUrl }: PersonName) => {
    return { id, username, displayName, avatarUrl };
  };
  const card = (person: Reference) => ({
    ...named(person, first.nameOf(person)),
    commentCount: first.talkOf(person).commentCount,
    likesReceived: first.reactionsOf(person).likesReceived,
  });
  const friendOf = (author: Reference) => {
    const friend = first.nameOf(author).closestFriend ?? author;
    const { commentCount } = second.commentCountOf(friend);
    return { id: friend.id, commentCount, likesReceived: second.likesOf(friend).likesReceived };
  };
  const posts = feed.map(({ id, text, createdAt, author, original }) => {
    const { commentCount, comments } = first.talkOf({ id });
    const { likeCount, likes } = first.reactionsOf({ id });
    return {
      id,
      text,
      createdAt,
      commentCount,
      likeCount,
      author: { ...card(author), closestFriend: friendOf(author) },
      original: original && { id: original.id, text: original.text, author: card(original.author) },
      likes: likes.map(({ at, person }) => {
        const { commentCount: own } = second.commentCountOf(person);
        return { at, person: { ...named(person, second.nameOf(person)), commentCount: own } };
      }),
      comments: comments.map((comment) => ({
        id: comment.id,
        text: comment.text,
        createdAt: comment.createdAt,
        likeCount: second.likesOf(comment).likeCount,
        author: {
          ...named(comment.author, second.nameOf(comment.author)),
          likesReceived: second.likesOf(comment.author).likesReceived,
        },
      })),
    };
  });
  return JSON.stringify({ data: { feed: posts } });
}
