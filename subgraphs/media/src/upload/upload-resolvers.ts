import { requireViewer } from '@postbook/service-kit';
import type { Resolvers } from '../generated/resolver-types.ts';
import { categoryOf } from '../media/media-words.ts';

/** How content is brought. */
export const uploadResolvers = {
  Mutation: {
    async requestUpload(_parent, { input }, context) {
      const { userId } = requireViewer(context);
      const category = categoryOf(input.category) ?? 'other';
      const { value, errors } = await context.services.uploads.request(userId, { ...input, category });
      return { upload: value, errors };
    },
    async completeUpload(_parent, { input }, context) {
      const { value, errors } = await context.services.uploads.complete(requireViewer(context).userId, input.mediaId);
      return { media: value, errors };
    },
  },
  MediaUpload: {
    url: ({ target }) => target?.url ?? null,
    method: ({ target }) => target?.method ?? null,
    headers: ({ target }) => target?.headers ?? [],
    expiresAt: ({ target }) => target?.expiresAt ?? null,
  },
} satisfies Resolvers;
