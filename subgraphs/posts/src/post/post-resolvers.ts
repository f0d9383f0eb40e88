import { type Outcome, requireViewer } from '@postbook/service-kit';
import type { Resolvers } from '../generated/resolver-types.ts';
import { toCommentCursor } from '../live/comment-cursor.ts';
import { visibleMentions } from '../people/visible-mentions.ts';
import type { PostView } from './post.ts';
import { KIND_WORDS, VISIBILITIES, VISIBILITY_WORDS } from './post-words.ts';

const toPayload = ({ value, errors }: Outcome<PostView>) => ({ post: value, errors });

/** Posts: what is shown of them, and how they are published. */
export const postResolvers = {
  Query: {
    post: (_parent, { id }, { loaders }) => loaders.posts.load(id),
  },
  Mutation: {
    async createPost(_parent, { input }, context) {
      const authorId = requireViewer(context).userId;
      const post = { ...input, visibility: VISIBILITIES[input.visibility] };
      return toPayload(await context.services.posts.create(authorId, post));
    },
    async updatePost(_parent, { input }, context) {
      const { visibility, ...rest } = input;
      const change = { ...rest, ...(visibility ? { visibility: VISIBILITIES[visibility] } : {}) };
      return toPayload(await context.services.postEditor.update(requireViewer(context).userId, change));
    },
    async deletePost(_parent, { input }, context) {
      const { value, errors } = await context.services.posts.delete(requireViewer(context).userId, input.postId);
      return { postId: value, errors };
    },
  },
  Post: {
    __resolveReference: ({ id }, { loaders }) => loaders.posts.load(id),
    id: ({ post }) => post.id,
    author: ({ post }) => ({ id: post.authorId }),
    kind: ({ post }) => KIND_WORDS[post.kind],
    content: ({ post }) => post.content,
    media: ({ post }) => post.mediaIds.map((id) => ({ id })),
    visibility: ({ post }) => VISIBILITY_WORDS[post.visibility],
    audience: ({ post, standing }) =>
      standing === 'self' && post.visibility === 'Custom' ? post.audience.map((id) => ({ id })) : null,
    hashtags: ({ post }) => post.hashtags,
    mentions: ({ post }, _args, { scope }) => visibleMentions(scope, post.mentions),
    poll: ({ post }) => post.poll && { ...post.poll, postId: post.id },
    commentCount: ({ post }) => post.commentsCount,
    commentCursor: ({ post }) => toCommentCursor(post.id, post.commentSequence),
    createdAt: ({ post }) => post.createdAt,
    editedAt: ({ post }) => post.editedAt,
  },
  Mention: {
    name: ({ name }) => name,
    user: ({ userId }) => ({ id: userId }),
  },
} satisfies Resolvers;
