import {
  type Connection,
  type ConnectionArguments,
  pageRequest,
  timeCursorCodec,
  visibleConnection,
} from '@postbook/service-kit';
import type { ViewerScope } from '../people/viewer-scope.ts';
import type { PostView } from '../post/post.ts';
import type { Comment, CommentView } from './comment.ts';
import type { CommentAccess } from './comment-access.ts';
import type { CommentRepository } from './comment-repository.ts';

const cursors = timeCursorCodec('comments');

/** Reads comments, as the viewer may see them. */
export function createCommentReader(access: CommentAccess, comments: CommentRepository) {
  return {
    /**
     * Comments on a post that the viewer sees, or replies to one of them; newest first.
     *
     * @throws BadUserInputError
     */
    list: (
      scope: ViewerScope,
      post: PostView,
      parentId: string | null,
      args: ConnectionArguments,
    ): Promise<Connection<CommentView>> =>
      visibleConnection<Comment, { at: Date; id: string }, CommentView>({
        request: pageRequest(args, cursors),
        codec: cursors,
        keyOf: ({ createdAt, id }) => ({ at: createdAt, id }),
        read: (request) => comments.page(post.post.id, parentId, request),
        show: (rows) => access.show(scope, post, rows),
      }),
  };
}

/** What {@link createCommentReader} returns. */
export type CommentReader = ReturnType<typeof createCommentReader>;
