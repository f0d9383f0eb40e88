import { ForbiddenError, type LiveTopics, type Logger, type ReplayableStream } from '@postbook/service-kit';
import { createCommentAccess } from '../comment/comment-access.ts';
import type { CommentRepository } from '../comment/comment-repository.ts';
import type { Post } from '../post/post.ts';
import { createPostAccess } from '../post/post-access.ts';
import { fromCommentCursor } from './comment-cursor.ts';
import { type CommentAdded, createCommentStream } from './comment-stream.ts';
import type { GatheredLoaders } from './gathered-loaders.ts';

/** What {@link createLiveService} needs. */
export interface LiveServiceOptions {
  readonly loaders: GatheredLoaders;
  readonly comments: Pick<CommentRepository, 'after'>;
  readonly live: LiveTopics;
  readonly headCheckMs: number;
  readonly log: Logger;
}

const refuse = () => new ForbiddenError('There is no such post, or you may no longer see it.');

/** Opens streams of comments. */
export function createLiveService({ loaders, comments, live, headCheckMs, log }: LiveServiceOptions) {
  const posts = createPostAccess(loaders.posts);
  const access = createCommentAccess(posts, loaders.comments);

  /** The post as the viewer sees it now. @throws ForbiddenError */
  async function postFor(viewerId: string | undefined, postId: string): Promise<Post> {
    const view = await posts.view(loaders.scopeOf(viewerId), postId);
    if (!view) throw refuse();
    return view.post;
  }

  return {
    /**
     * Comments written after the cursor, or from now on without one.
     *
     * @throws ForbiddenError for whoever may not see the post, whether or not there is one.
     * @throws BadUserInputError for a foreign cursor.
     */
    async open(
      viewerId: string | undefined,
      postId: string,
      after: string | null | undefined,
    ): Promise<ReplayableStream<CommentAdded>> {
      const { id, commentSequence: head } = await postFor(viewerId, postId);
      const start = after == null ? head : fromCommentCursor(id, after);
      return createCommentStream({
        topics: live,
        postId: id,
        after: Math.min(start, head),
        readAfter: (sequence, limit) => comments.after(id, sequence, limit),
        head: async () => (await postFor(viewerId, id)).commentSequence,
        async show(commentId) {
          const scope = loaders.scopeOf(viewerId);
          // The post on its own: of a comment that is hidden it could not be told why.
          await postFor(viewerId, id);
          const view = await access.view(scope, commentId);
          return view?.comment.isDeleted ? null : view;
        },
        headCheckMs,
        log,
      });
    },
  };
}

/** What {@link createLiveService} returns. */
export type LiveService = ReturnType<typeof createLiveService>;
