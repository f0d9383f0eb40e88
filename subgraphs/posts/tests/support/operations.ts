import { eventually } from '@postbook/testkit';
import type { Person, Posts } from './posts.ts';

/** A reason why a mutation changed nothing. */
export interface UserError {
  readonly code: string;
  readonly path: readonly string[];
}

/** A post as tests read it. */
export interface PostData {
  readonly id: string;
  readonly kind: string;
  readonly content: string;
  readonly visibility: string;
  readonly author: { readonly id: string; readonly username: string; readonly displayName: string };
  readonly hashtags: readonly string[];
  readonly mentions: readonly { readonly name: string; readonly user: { readonly id: string } }[];
  readonly media: readonly { readonly id: string }[];
  readonly audience: readonly { readonly id: string }[] | null;
  readonly commentCount: number;
  readonly commentCursor: string;
  readonly viewerReaction: string | null;
  readonly reactionCounts: Readonly<Record<string, number>>;
  readonly poll: PollData | null;
  readonly createdAt: string;
  readonly editedAt: string | null;
}

/** A poll as tests read it. */
export interface PollData {
  readonly question: string;
  readonly voterCount: number;
  readonly isOpen: boolean;
  readonly allowMultipleAnswers: boolean;
  readonly options: readonly {
    readonly id: string;
    readonly text: string;
    readonly voteCount: number;
    readonly percentage: number;
    readonly isViewerChoice: boolean;
  }[];
}

/** A comment as tests read it. */
export interface CommentData {
  readonly id: string;
  readonly content: string | null;
  readonly isDeleted: boolean;
  readonly author: { readonly id: string; readonly username: string } | null;
  readonly replyCount: number;
  readonly mentions: readonly { readonly name: string }[];
  readonly viewerReaction: string | null;
  readonly reactionCounts: { readonly total: number };
  readonly parent: { readonly id: string } | null;
  readonly post: { readonly id: string; readonly commentCount: number };
}

export const POST_FIELDS = `
  id kind content visibility author { id username displayName } hashtags mentions { name user { id } } media { id }
  audience { id } commentCount commentCursor viewerReaction
  reactionCounts { like love haha wow sad angry total } createdAt editedAt
  poll { question voterCount isOpen allowMultipleAnswers options { id text voteCount percentage isViewerChoice } }
`;
export const COMMENT_FIELDS = `
  id content isDeleted author { id username } replyCount mentions { name } viewerReaction reactionCounts { total }
  parent { id } post { id commentCount }
`;

type Client = Person['client'];

/** Publishes; the payload as it comes. */
export async function createPost(client: Client, input: Record<string, unknown>) {
  const data = await client.data<{ createPost: { post: PostData | null; errors: UserError[] } }>(
    `mutation ($input: CreatePostInput!) { createPost(input: $input) { post { ${POST_FIELDS} } errors { code path } } }`,
    { input },
  );
  return data.createPost;
}

/** Publishes what must be published: public text unless told otherwise. */
export async function publish(author: Person, content: string, more: Record<string, unknown> = {}): Promise<PostData> {
  const { post, errors } = await createPost(author.client, { content, visibility: 'PUBLIC', ...more });
  if (!post) throw new Error(`not published: ${JSON.stringify(errors)}`);
  return post;
}

/** A post by its id. */
export async function readPost(client: Client, id: string): Promise<PostData | null> {
  return (await client.data<{ post: PostData | null }>(`query ($id: ID!) { post(id: $id) { ${POST_FIELDS} } }`, { id }))
    .post;
}

/** Edits; the payload as it comes. */
export async function updatePost(client: Client, input: Record<string, unknown>) {
  const data = await client.data<{ updatePost: { post: PostData | null; errors: UserError[] } }>(
    `mutation ($input: UpdatePostInput!) { updatePost(input: $input) { post { ${POST_FIELDS} } errors { code path } } }`,
    { input },
  );
  return data.updatePost;
}

/** Deletes a post; the payload as it comes. */
export async function deletePost(client: Client, postId: string) {
  const data = await client.data<{ deletePost: { postId: string | null; errors: UserError[] } }>(
    'mutation ($postId: ID!) { deletePost(input: { postId: $postId }) { postId errors { code path } } }',
    { postId },
  );
  return data.deletePost;
}

/** Reacts; the payload as it comes. */
export async function react(client: Client, entityType: 'POST' | 'COMMENT', entityId: string, kind: string) {
  const data = await client.data<{
    react: { post: PostData | null; comment: CommentData | null; errors: UserError[] };
  }>(
    `mutation ($input: ReactInput!) {
      react(input: $input) { post { ${POST_FIELDS} } comment { ${COMMENT_FIELDS} } errors { code path } }
    }`,
    { input: { entityType, entityId, kind } },
  );
  return data.react;
}

/** Takes a reaction back; the payload as it comes. */
export async function removeReaction(client: Client, entityType: 'POST' | 'COMMENT', entityId: string) {
  const data = await client.data<{
    removeReaction: { post: PostData | null; comment: CommentData | null; errors: UserError[] };
  }>(
    `mutation ($input: RemoveReactionInput!) {
      removeReaction(input: $input) { post { ${POST_FIELDS} } comment { ${COMMENT_FIELDS} } errors { code path } }
    }`,
    { input: { entityType, entityId } },
  );
  return data.removeReaction;
}

/** Votes; the payload as it comes. */
export async function vote(client: Client, postId: string, ...optionIds: string[]) {
  const data = await client.data<{ votePoll: { post: PostData | null; errors: UserError[] } }>(
    `mutation ($input: VotePollInput!) { votePoll(input: $input) { post { ${POST_FIELDS} } errors { code path } } }`,
    { input: { postId, optionIds } },
  );
  return data.votePoll;
}

/** Comments; the payload as it comes. */
export async function addComment(client: Client, input: Record<string, unknown>) {
  const data = await client.data<{ addComment: { comment: CommentData | null; errors: UserError[] } }>(
    `mutation ($input: AddCommentInput!) {
      addComment(input: $input) { comment { ${COMMENT_FIELDS} } errors { code path } }
    }`,
    { input },
  );
  return data.addComment;
}

/** Writes a comment that must be written. */
export async function comment(
  person: { readonly client: Client },
  postId: string,
  content: string,
  more: Record<string, unknown> = {},
): Promise<CommentData> {
  const { comment: written, errors } = await addComment(person.client, { postId, content, ...more });
  if (!written) throw new Error(`not written: ${JSON.stringify(errors)}`);
  return written;
}

/** Deletes a comment; the payload as it comes. */
export async function deleteComment(client: Client, commentId: string) {
  const data = await client.data<{ deleteComment: { commentId: string | null; errors: UserError[] } }>(
    'mutation ($commentId: ID!) { deleteComment(input: { commentId: $commentId }) { commentId errors { code path } } }',
    { commentId },
  );
  return data.deleteComment;
}

/** A page of anything. */
export interface PageOf<Node> {
  readonly nodes: readonly Node[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

const PAGE_VARIABLES = '$first: Int, $after: String, $last: Int, $before: String';
const PAGE_ARGUMENTS = 'first: $first, after: $after, last: $last, before: $before';
const PAGE_INFO = 'pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';

/** A page of the home feed. */
export async function homeFeed(client: Client, args: Record<string, unknown> = {}): Promise<PageOf<PostData>> {
  const data = await client.data<{ homeFeed: PageOf<PostData> }>(
    `query (${PAGE_VARIABLES}) { homeFeed(${PAGE_ARGUMENTS}) { nodes { ${POST_FIELDS} } ${PAGE_INFO} } }`,
    args,
  );
  return data.homeFeed;
}

/** The texts of a page. */
export const contentsOf = (page: { readonly nodes: readonly { readonly content: string | null }[] } | null) =>
  page?.nodes.map(({ content }) => content);

/** Waits until the feed has just these texts, in this order. */
export const feedHas = (client: Client, ...contents: string[]) =>
  eventually(async () => {
    const found = contentsOf(await homeFeed(client, { first: 50 }));
    if (JSON.stringify(found) !== JSON.stringify(contents)) throw new Error(`the feed has ${JSON.stringify(found)}`);
    return true;
  });

/** A page of a person's posts, as the graph has them on `User`; null when they can't be looked for. */
export async function postsOf(client: Client, userId: string, args: Record<string, unknown> = {}) {
  const data = await client.data<{ _entities: [{ posts: PageOf<PostData> | null; postsCount: number | null }] }>(
    `query ($id: ID!, ${PAGE_VARIABLES}) {
      _entities(representations: [{ __typename: "User", id: $id }]) {
        ... on User { posts(${PAGE_ARGUMENTS}) { nodes { ${POST_FIELDS} } ${PAGE_INFO} } postsCount }
      }
    }`,
    { id: userId, ...args },
  );
  return data._entities[0];
}

/** A hashtag with its posts. */
export async function hashtag(client: Client, tag: string, args: Record<string, unknown> = {}) {
  const data = await client.data<{
    hashtag: { tag: string; postsCount: number; posts: PageOf<PostData> } | null;
  }>(
    `query ($tag: String!, ${PAGE_VARIABLES}) {
      hashtag(tag: $tag) { tag postsCount posts(${PAGE_ARGUMENTS}) { nodes { ${POST_FIELDS} } ${PAGE_INFO} } }
    }`,
    { tag, ...args },
  );
  return data.hashtag;
}

/** Search for posts. */
export async function searchPosts(client: Client, query: string, args: Record<string, unknown> = {}) {
  const data = await client.data<{ searchPosts: PageOf<PostData> }>(
    `query ($query: String!, ${PAGE_VARIABLES}) {
      searchPosts(query: $query, ${PAGE_ARGUMENTS}) { nodes { ${POST_FIELDS} } ${PAGE_INFO} }
    }`,
    { query, ...args },
  );
  return data.searchPosts;
}

/** A page of a post's comments. */
export async function commentsOf(client: Client, postId: string, args: Record<string, unknown> = {}) {
  const data = await client.data<{ post: { commentCount: number; comments: PageOf<CommentData> } | null }>(
    `query ($id: ID!, ${PAGE_VARIABLES}) {
      post(id: $id) { commentCount comments(${PAGE_ARGUMENTS}) { nodes { ${COMMENT_FIELDS} } ${PAGE_INFO} } }
    }`,
    { id: postId, ...args },
  );
  return data.post;
}

/** What `_entities` gives. */
export async function entity<Data>(client: Client, typename: string, id: string, fields: string): Promise<Data | null> {
  const data = await client.data<{ _entities: [Data | null] }>(
    `query ($of: [_Any!]!) { _entities(representations: $of) { ... on ${typename} { ${fields} } } }`,
    { of: [{ __typename: typename, id }] },
  );
  return data._entities[0];
}

/** Listens to a post's comments. */
export const listen = (
  posts: Posts,
  person: { readonly id: string } | undefined,
  postId: string,
  after?: string,
  instance = posts.instance(),
) =>
  posts.subscribe<{ commentAdded: { cursor: string; comment: CommentData } }>(
    person,
    `subscription ($id: ID!, $after: String) {
      commentAdded(postId: $id, after: $after) { cursor comment { ${COMMENT_FIELDS} } }
    }`,
    { id: postId, ...(after === undefined ? {} : { after }) },
    instance,
  );

/** Events of a type that were written to the outbox, oldest first. */
export async function outboxEvents(posts: Posts, type: string, aggregateId?: string) {
  const rows = await posts.db
    .collection<{ _id: string; event: string }>('outbox')
    .find({}, { sort: { _id: 1 } })
    .toArray();
  const events = rows.map(
    ({ event }) =>
      JSON.parse(event) as { type: string; aggregateId: string; version: number; payload: Record<string, unknown> },
  );
  return events.filter((event) => event.type === type && (!aggregateId || event.aggregateId === aggregateId));
}
