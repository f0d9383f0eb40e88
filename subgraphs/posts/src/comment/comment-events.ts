import { type AnyEvent, createEvent } from '@postbook/events';
import type { Post } from '../post/post.ts';
import type { Comment } from './comment.ts';

/** What an event of a comment is about. */
export interface CommentContext {
  readonly comment: Comment;
  readonly post: Pick<Post, 'authorId'>;
  /** Who wrote what it replies to; null when it is no reply. */
  readonly parentAuthorId: string | null;
}

/** The event of a comment that was written or deleted. */
export const commentEvent = (
  type: 'CommentCreated' | 'CommentDeleted',
  about: CommentContext,
  at: Date,
  traceparent: string | undefined,
): AnyEvent =>
  createEvent({
    type,
    aggregateId: about.comment.id,
    version: about.comment.version,
    occurredAt: at,
    traceparent,
    payload: {
      commentId: about.comment.id,
      postId: about.comment.postId,
      authorId: about.comment.authorId,
      postAuthorId: about.post.authorId,
      parentCommentId: about.comment.parentId,
      parentAuthorId: about.parentAuthorId,
    },
  });
