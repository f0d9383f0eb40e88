import {
  currentRequestTrace,
  done,
  idempotencyConflict,
  type Outcome,
  refused,
  userError,
  wellFormed,
} from '@postbook/service-kit';
import type { Mentions } from '../people/mentions.ts';
import { meet, type ViewerScope } from '../people/viewer-scope.ts';
import type { PostView } from '../post/post.ts';
import type { PostAccess } from '../post/post-access.ts';
import { mayTakePart } from '../post/post-policy.ts';
import { noPost } from '../post/post-service.ts';
import type { Comment, CommentView } from './comment.ts';
import type { CommentAccess } from './comment-access.ts';
import { type AddCommentInput, checkComment, fingerprintOf } from './comment-input.ts';
import type { CommentRepository } from './comment-repository.ts';
import type { CommentDraft, CommentRequest, CommentResult, CommentWriter } from './comment-writer.ts';

/** What {@link createCommentService} needs. */
export interface CommentServiceOptions {
  readonly access: PostAccess;
  readonly commentAccess: CommentAccess;
  readonly comments: Pick<CommentRepository, 'byRequests'>;
  readonly mentions: Mentions;
  readonly writer: CommentWriter;
  readonly now: () => Date;
}

/** There is no such comment, as far as the viewer may know. */
export const noComment = (field: string) => refused(userError('NOT_FOUND', 'There is no such comment.', field));

const tooDeep = () =>
  refused(userError('NOT_ALLOWED', 'A reply can’t be replied to. Reply to the comment above it.', 'parentId'));

const requestOf = (input: AddCommentInput): CommentRequest | undefined =>
  input.clientMutationId == null
    ? undefined
    : { clientMutationId: input.clientMutationId, requestHash: fingerprintOf(input) };

/** Writes comments. */
export function createCommentService(options: CommentServiceOptions) {
  const { access, commentAccess, comments, mentions, writer, now } = options;

  /** The comment that the request has made already. @throws IdempotencyConflictError when it was another request. */
  async function earlierComment(postId: string, authorId: string, request: CommentRequest | undefined) {
    if (!request) return undefined;
    const { clientMutationId, requestHash } = request;
    const [earlier] = await comments.byRequests(postId, [{ authorId, clientMutationId }]);
    if (earlier && earlier.requestHash !== requestHash) throw idempotencyConflict('clientMutationId');
    return earlier?.comment;
  }

  /** The comment that is replied to; null without one; undefined when it can't be replied to. */
  async function parentFor(scope: ViewerScope, post: PostView, parentId: string | null | undefined) {
    if (parentId == null) return null;
    const view = await commentAccess.view(scope, parentId);
    const isFitting = view?.comment.postId === post.post.id && !view.comment.isDeleted;
    return isFitting ? view.comment : undefined;
  }

  async function draftOf(
    scope: ViewerScope,
    authorId: string,
    { post }: PostView,
    parent: Comment | null,
    input: AddCommentInput,
  ): Promise<CommentDraft> {
    const content = wellFormed(input.content).trim();
    const [author, found] = await Promise.all([meet(scope, post.authorId), mentions.find(authorId, content)]);
    return {
      authorId,
      content,
      ...(await mentions.tell(post, found, authorId)),
      parent,
      request: requestOf(input),
      createdAt: now(),
      traceparent: currentRequestTrace()?.traceparent,
      mayWrite: (current) => mayTakePart(authorId, current, author),
    };
  }

  function answer(post: PostView, result: CommentResult): Outcome<CommentView> {
    switch (result.kind) {
      case 'Stored':
        return done({ comment: result.comment, post: { ...post, post: result.post } });
      case 'Conflict':
        throw idempotencyConflict('clientMutationId');
      case 'PostGone':
        return noPost();
      case 'ParentGone':
        return noComment('parentId');
      default:
        return result satisfies never;
    }
  }

  return {
    /** Writes a comment on a post, or a reply to a comment. @throws IdempotencyConflictError, UnavailableError */
    async add(scope: ViewerScope, authorId: string, input: AddCommentInput): Promise<Outcome<CommentView>> {
      const mistakes = checkComment(input);
      if (mistakes.length > 0) return refused(...mistakes);
      const post = await access.view(scope, input.postId);
      if (!post) return noPost();
      // Before what is replied to is looked at: it may be gone since the request came first.
      const repeated = await earlierComment(post.post.id, authorId, requestOf(input));
      if (repeated) return done({ comment: repeated, post });
      const parent = await parentFor(scope, post, input.parentId);
      if (parent === undefined) return noComment('parentId');
      if (parent && parent.parentId !== null) return tooDeep();
      const draft = await draftOf(scope, authorId, post, parent, input);
      return answer(post, await writer.write(post.post.id, draft));
    },
  };
}

/** What {@link createCommentService} returns. */
export type CommentService = ReturnType<typeof createCommentService>;
