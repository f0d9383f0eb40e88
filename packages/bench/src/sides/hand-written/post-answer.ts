import type { Upstream } from './upstream.ts';

interface Post {
  readonly id: string;
  readonly text: string;
  readonly author: { readonly id: string };
}

const POST = 'query ($id: ID!) { post(id: $id) { id text author { id } } }';
const AUTHOR = `query ($representations: [_Any!]!) {
  _entities(representations: $representations) { ... on Person { username displayName } } }`;

/** The answer to the small query, written by hand: two calls. */
export async function answerPost(upstream: Upstream, id: string): Promise<string> {
  const { post } = await upstream.query<{ post: Post }>('posts', POST, { id });
  const { author } = post;
  const [name] = await upstream.entities<{ username: string; displayName: string }>('people', AUTHOR, [
    { __typename: 'Person', id: author.id },
  ]);
  return JSON.stringify({ data: { post: { id: post.id, text: post.text, author: { id: author.id, ...name } } } });
}
