import { viewerOf } from '@postbook/service-kit';
import type { Resolvers } from '../generated/resolver-types.ts';
import { toCommentCursor } from './comment-cursor.ts';
import type { CommentAdded } from './comment-stream.ts';

/** Comments, live. */
export const liveResolvers = {
  Subscription: {
    commentAdded: {
      subscribe: (_parent, { postId, after }, context) =>
        context.services.live.open(viewerOf(context)?.userId, postId, after),
      resolve: (event: CommentAdded) => event,
    },
  },
  CommentAddedEvent: {
    cursor: ({ sequence, view }) => toCommentCursor(view.comment.postId, sequence),
    comment: ({ view }) => view,
  },
} satisfies Resolvers;
