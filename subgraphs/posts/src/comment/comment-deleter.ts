import {
  currentRequestTrace,
  done,
  type MongoTransaction,
  type Outcome,
  refused,
  userError,
} from '@postbook/service-kit';
import type { ViewerScope } from '../people/viewer-scope.ts';
import type { Post } from '../post/post.ts';
import { mayDeleteComment } from '../post/post-policy.ts';
import type { PostRepository } from '../post/post-repository.ts';
import type { Publisher } from '../publishing/publisher.ts';
import type { EntityTransactor } from '../transactions/entity-transactor.ts';
import type { Comment } from './comment.ts';
import type { CommentAccess } from './comment-access.ts';
import { commentEvent } from './comment-events.ts';
import type { CommentRepository } from './comment-repository.ts';
import { noComment } from './comment-service.ts';

/** What {@link createCommentDeleter} needs. */
export interface CommentDeleterOptions {
  readonly transactor: EntityTransactor;
  readonly commentAccess: CommentAccess;
  readonly posts: PostRepository;
  readonly comments: CommentRepository;
  readonly publisher: Publisher;
  readonly now: () => Date;
}

const notTheirs = () =>
  refused(userError('NOT_ALLOWED', 'Only who wrote it and whose post it is on can delete it.', 'commentId'));

/** Deletes comments. */
export function createCommentDeleter(options: CommentDeleterOptions) {
  const { transactor, commentAccess, posts, comments, publisher, now } = options;

  /** Leaves a tombstone and counts one less, at the post first, as whoever writes a reply does: nobody waits in a circle. */
  async function remove(tx: MongoTransaction, comment: Comment, post: Post, deletedById: string): Promise<void> {
    const at = now();
    const [parent] = comment.parentId === null ? [] : await comments.byIds([comment.parentId], tx);
    await posts.removeComment(tx, post.id);
    const deleted = await comments.delete(tx, comment.id, deletedById, at);
    if (!deleted) throw new Error(`comment ${comment.id} was there a moment ago`);
    if (parent) await comments.countReplies(tx, new Map([[parent.id, -1]]));
    const about = { comment: deleted, post, parentAuthorId: parent?.authorId ?? null };
    await publisher.publish(tx, [commentEvent('CommentDeleted', about, at, currentRequestTrace()?.traceparent)]);
  }

  return {
    /** Deletes a comment: its author can, and the post's. Deleting it again is no mistake: it is so already. */
    async delete(scope: ViewerScope, viewerId: string, commentId: string): Promise<Outcome<string>> {
      const [known] = await comments.byIds([commentId]);
      if (!known) return noComment('commentId');
      return transactor.run(known.postId, async (tx): Promise<Outcome<string>> => {
        const [comment] = await comments.byIds([commentId], tx);
        const [post] = await posts.byIds([known.postId], tx);
        if (!comment || !post) return noComment('commentId');
        const isTheirs = viewerId === comment.authorId || viewerId === post.authorId;
        if (!isTheirs) return (await commentAccess.view(scope, commentId)) ? notTheirs() : noComment('commentId');
        if (mayDeleteComment(viewerId, comment, post)) await remove(tx, comment, post, viewerId);
        return done(comment.id);
      });
    },
  };
}

/** What {@link createCommentDeleter} returns. */
export type CommentDeleter = ReturnType<typeof createCommentDeleter>;
