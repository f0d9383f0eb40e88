import type { GraphQLResolverMap } from '@apollo/subgraph';
import {
  authorOf,
  closestFriendOf,
  commentAuthorOf,
  commentsOf,
  feedOf,
  likeCountOf,
  likesOf,
  originalOf,
  personOf,
  postOf,
} from './feed-data.ts';

/** A subgraph of the feed before it runs. */
export interface FeedSubgraph {
  readonly name: FeedSubgraphName;
  readonly sdl: string;
  readonly resolvers: GraphQLResolverMap<unknown>;
}

/** The subgraphs, in the order in which everything lists them. */
export const FEED_SUBGRAPH_NAMES = ['posts', 'people', 'talk', 'reactions'] as const;

/** One of {@link FEED_SUBGRAPH_NAMES}. */
export type FeedSubgraphName = (typeof FEED_SUBGRAPH_NAMES)[number];

interface Reference {
  readonly id: string;
}

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])';
const itself = { __resolveReference: ({ id }: Reference): Reference => ({ id }) };

const posts: FeedSubgraph = {
  name: 'posts',
  sdl: `${LINK}
    type Query { feed(page: Int!): [Post!]! post(id: ID!): Post }
    type Post @key(fields: "id") { id: ID! text: String! createdAt: String! author: Person! original: Post }
    type Person @key(fields: "id", resolvable: false) { id: ID! }`,
  resolvers: {
    Query: {
      feed: (_: unknown, { page }: { page: number }) => feedOf(page),
      post: (_: unknown, { id }: Reference) => postOf(id),
    },
    Post: {
      __resolveReference: ({ id }: Reference) => postOf(id),
      author: ({ id }: Reference) => authorOf(id),
      original: ({ id }: Reference) => originalOf(id),
    },
  },
};

const people: FeedSubgraph = {
  name: 'people',
  sdl: `${LINK}
    type Query { person(id: ID!): Person }
    type Person @key(fields: "id") {
      id: ID! username: String! displayName: String! avatarUrl: String! closestFriend: Person!
    }`,
  resolvers: {
    Query: { person: (_: unknown, { id }: Reference) => personOf(id) },
    Person: {
      ...itself,
      username: ({ id }: Reference) => personOf(id).username,
      displayName: ({ id }: Reference) => personOf(id).displayName,
      avatarUrl: ({ id }: Reference) => personOf(id).avatarUrl,
      closestFriend: ({ id }: Reference) => closestFriendOf(id),
    },
  },
};

const talk: FeedSubgraph = {
  name: 'talk',
  sdl: `${LINK}
    type Post @key(fields: "id") { id: ID! commentCount: Int! comments: [Comment!]! }
    type Comment @key(fields: "id") { id: ID! text: String! createdAt: String! author: Person! }
    type Person @key(fields: "id") { id: ID! commentCount: Int! }`,
  resolvers: {
    Post: {
      ...itself,
      commentCount: ({ id }: Reference) => commentsOf(id).length,
      comments: ({ id }: Reference) => commentsOf(id),
    },
    Comment: { ...itself, author: ({ id }: Reference) => commentAuthorOf(id) },
    Person: { ...itself, commentCount: ({ id }: Reference) => personOf(id).commentCount },
  },
};

const reactions: FeedSubgraph = {
  name: 'reactions',
  sdl: `${LINK}
    type Post @key(fields: "id") { id: ID! likeCount: Int! likes: [Like!]! }
    type Like { at: String! person: Person! }
    type Comment @key(fields: "id") { id: ID! likeCount: Int! }
    type Person @key(fields: "id") { id: ID! likesReceived: Int! }`,
  resolvers: {
    Post: {
      ...itself,
      likeCount: ({ id }: Reference) => likeCountOf(id),
      likes: ({ id }: Reference) => likesOf(id),
    },
    Comment: { ...itself, likeCount: ({ id }: Reference) => likeCountOf(id) },
    Person: { ...itself, likesReceived: ({ id }: Reference) => personOf(id).likesReceived },
  },
};

/** The four subgraphs. */
export const feedSubgraphs: readonly FeedSubgraph[] = [posts, people, talk, reactions];
