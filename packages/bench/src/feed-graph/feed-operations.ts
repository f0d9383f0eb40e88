import { FEED_PAGES, SINGLE_POSTS } from './feed-data.ts';

/** A query as clients send it, with as many different variables as the load asks for. */
export interface FeedOperation {
  readonly name: 'big' | 'small';
  /** What it stands for, for the report. */
  readonly description: string;
  readonly query: string;
  /** How many different variables there are. */
  readonly variations: number;
  variables(variation: number): Readonly<Record<string, unknown>>;
}

/**
 * Authors, likers and commenters are the same forty people again and again, at places that the stock planner fetches one
 * by one: 16 calls, where one call a subgraph and step, 7 in all, would do.
 */
const big: FeedOperation = {
  name: 'big',
  description: 'a page of 35 posts with authors, originals, likes and comments, over four subgraphs',
  query: `query Feed($page: Int!) {
  feed(page: $page) {
    id text createdAt commentCount likeCount
    author { ...Card closestFriend { id commentCount likesReceived } }
    original { id text author { ...Card } }
    likes { at person { id username displayName avatarUrl commentCount } }
    comments { id text createdAt likeCount author { id username displayName avatarUrl likesReceived } }
  }
}
fragment Card on Person { id username displayName avatarUrl commentCount likesReceived }`,
  variations: FEED_PAGES,
  variables: (variation) => ({ page: variation % FEED_PAGES }),
};

const small: FeedOperation = {
  name: 'small',
  description: 'one post and its author, two hops, other variables for every request',
  query: 'query Post($id: ID!) { post(id: $id) { id text author { id username displayName } } }',
  variations: SINGLE_POSTS,
  // A step that shares no factor with the number of posts visits them all in no order that a cache would like.
  variables: (variation) => ({ id: `p${(variation * 7919) % SINGLE_POSTS}` }),
};

/** What the gateways are asked. */
export const feedOperations: readonly FeedOperation[] = [big, small];
