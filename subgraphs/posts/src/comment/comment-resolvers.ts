import { requireViewer } from '@postbook/service-kit';
import type { Resolvers } from '../generated/resolver-types.ts';
import { visibleMentions } from '../people/visible-mentions.ts';

/** Comments and replies. */
export const commentResolvers = {
  Mutation: {
    async addComment(_parent, { input }, context) {
      const { scope, services } = context;
      const { value, errors } = await services.comments.add(scope, requireViewer(context).userId, input);
      return { comment: value, errors };
    },
    async deleteComment(_parent, { input }, context) {
      const { scope, services } = context;
      const viewerId = requireViewer(context).userId;
      const { value, errors } = await services.commentDeleter.delete(scope, viewerId, input.commentId);
      return { commentId: value, errors };
    },
  },
  Post: {
    comments: (view, args, { scope, services }) => services.commentReader.list(scope, view, null, args),
  },
  Comment: {
    __resolveReference: ({ id }, { loaders }) => loaders.comments.load(id),
    id: ({ comment }) => comment.id,
    post: ({ post }) => post,
    parent: ({ comment }, _args, { loaders }) =>
      comment.parentId === null ? null : loaders.comments.load(comment.parentId),
    author: ({ comment }) => (comment.isDeleted ? null : { id: comment.authorId }),
    content: ({ comment }) => (comment.isDeleted ? null : comment.content),
    isDeleted: ({ comment }) => comment.isDeleted,
    mentions: ({ comment }, _args, { scope }) => visibleMentions(scope, comment.mentions),
    replyCount: ({ comment }) => comment.repliesCount,
    replies: ({ comment, post }, args, { scope, services }) =>
      services.commentReader.list(scope, post, comment.id, args),
    createdAt: ({ comment }) => comment.createdAt,
  },
} satisfies Resolvers;
