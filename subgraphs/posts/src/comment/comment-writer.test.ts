import { describe, expect, it } from 'vitest';
import type { Post } from '../post/post.ts';
import type { Comment } from './comment.ts';
import { type CommentDraft, sortOut } from './comment-writer.ts';

const post = { id: 'post' } as Post;
const comment = (id: string, change: Partial<Comment> = {}): Comment =>
  ({ id, postId: 'post', isDeleted: false, ...change }) as Comment;
const draft = (authorId: string, change: Partial<CommentDraft> = {}): CommentDraft => ({
  authorId,
  content: 'x',
  mentions: [],
  newlyTold: [],
  parent: null,
  request: undefined,
  createdAt: new Date(0),
  traceparent: undefined,
  mayWrite: () => true,
  ...change,
});
const request = (clientMutationId: string, requestHash = 'same') => ({ clientMutationId, requestHash });

function sorted(drafts: readonly CommentDraft[], stored: [string, Comment][] = [], parents: readonly Comment[] = []) {
  const { fresh, answers } = sortOut(drafts, {
    post,
    parents: new Map(parents.map((parent) => [parent.id, parent])),
    stored: new Map(stored.map(([key, found]) => [key, { comment: found, requestHash: 'same' }])),
  });
  const kinds = answers.map((answer) => ('kind' in answer ? answer.kind : `fresh ${fresh.indexOf(answer)}`));
  return { fresh: fresh.length, kinds };
}

describe('a batch of comments', () => {
  it('is stored in its order, whoever they are by', () => {
    expect(sorted([draft('ada'), draft('bob'), draft('ada')])).toEqual({
      fresh: 3,
      kinds: ['fresh 0', 'fresh 1', 'fresh 2'],
    });
  });

  it('has each request once, within the batch and with what was stored before', () => {
    const drafts = [
      draft('ada', { request: request('1') }),
      draft('ada', { request: request('1') }),
      draft('ada', { request: request('1', 'other') }),
      draft('bob', { request: request('1') }),
      draft('eve', { request: request('9') }),
      draft('eve', { request: request('9', 'other') }),
    ];
    expect(sorted(drafts, [['eve 9', comment('stored')]])).toEqual({
      fresh: 2,
      kinds: ['fresh 0', 'fresh 0', 'Conflict', 'fresh 1', 'Stored', 'Conflict'],
    });
  });

  it('leaves out those whose author may no longer see the post, and replies to what is gone', () => {
    const [there, deleted, gone] = [comment('there'), comment('deleted', { isDeleted: true }), comment('gone')];
    const drafts = [
      draft('ada', { mayWrite: () => false }),
      draft('ada', { parent: there }),
      draft('ada', { parent: deleted }),
      draft('ada', { parent: gone }),
    ];
    expect(sorted(drafts, [], [there, deleted])).toEqual({
      fresh: 1,
      kinds: ['PostGone', 'fresh 0', 'ParentGone', 'ParentGone'],
    });
  });
});
