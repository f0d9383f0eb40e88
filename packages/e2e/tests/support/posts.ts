import type { Person } from './people.ts';

type Payload<Name extends string, Value> = { [key in Name]: Value & { errors: { code: string }[] } };

/** The payload of a mutation that must succeed. */
function accepted<Value extends { errors: { code: string }[] }>(payload: Value): Value {
  if (payload.errors.length > 0) throw new Error(JSON.stringify(payload.errors));
  return payload;
}

/** Publishes a post and gives its id. */
export async function publish(author: Person, input: Record<string, unknown>): Promise<string> {
  const { createPost } = await author.client.data<Payload<'createPost', { post: { id: string } }>>(
    'mutation ($input: CreatePostInput!) { createPost(input: $input) { post { id } errors { code message path } } }',
    { input: { visibility: 'FRIENDS', ...input } },
  );
  return accepted(createPost).post.id;
}

/** Reacts to a post. */
export async function react(person: Person, postId: string, kind: string): Promise<void> {
  const { react: payload } = await person.client.data<Payload<'react', object>>(
    'mutation ($input: ReactInput!) { react(input: $input) { errors { code message } } }',
    { input: { entityType: 'POST', entityId: postId, kind } },
  );
  accepted(payload);
}

/** Comments on a post and gives the comment's id. */
export async function comment(person: Person, postId: string, content: string): Promise<string> {
  const { addComment } = await person.client.data<Payload<'addComment', { comment: { id: string } }>>(
    'mutation ($input: AddCommentInput!) { addComment(input: $input) { comment { id } errors { code message } } }',
    { input: { postId, content } },
  );
  return accepted(addComment).comment.id;
}
