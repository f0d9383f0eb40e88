import { requireService, requireViewer, viewerOf } from '@postbook/service-kit';
import type { Resolvers } from '../generated/resolver-types.ts';
import { isOwn } from './media-policy.ts';
import { CATEGORIES, categoryOf, KINDS, kindOf, STATUSES, VARIANTS } from './media-words.ts';

/** Files and what can be done with them. */
export const mediaResolvers = {
  Query: {
    media: (_parent, { id }, context) => context.services.reader.own(requireViewer(context).userId, id),
    myMedia(_parent, { kind, category, ...page }, context) {
      const filter = { kind: kindOf(kind), category: categoryOf(category) };
      return context.services.reader.list(requireViewer(context).userId, filter, page);
    },
  },
  Mutation: {
    async updateMedia(_parent, { input }, context) {
      const { value, errors } = await context.services.media.update(requireViewer(context).userId, input);
      return { media: value, errors };
    },
    async deleteMedia(_parent, { input }, context) {
      const { value, errors } = await context.services.media.delete(requireViewer(context).userId, input.mediaId);
      return { mediaId: value, errors };
    },
  },
  Media: {
    __resolveReference: ({ id }, { loaders }) => loaders.files.load(id),
    kind: ({ kind }) => KINDS[kind],
    status: ({ status }) => STATUSES[status],
    problem: (file, _args, context) => (isOwn(file, viewerOf(context)?.userId) ? file.problem : null),
    category: ({ category }) => CATEGORIES[category],
    durationSeconds: ({ duration }) => duration,
    fileName: (file, _args, context) => (isOwn(file, viewerOf(context)?.userId) ? file.originalName : null),
    tags: (file, _args, context) => (isOwn(file, viewerOf(context)?.userId) ? file.tags : null),
    url: (file, { variant }, { services }) => services.urls.urlOf(file, VARIANTS[variant ?? 'LARGE']),
    urlExpiresAt: (file, _args, { services }) => services.urls.expiryOf(file),
    createdAt: ({ uploadedAt }) => uploadedAt,
    attachment(file, _args, context) {
      requireService(context);
      return context.services.reader.attachmentOf(file);
    },
  },
  MediaAttachment: {
    kind: ({ kind }) => KINDS[kind],
    category: ({ category }) => CATEGORIES[category],
  },
} satisfies Resolvers;
