import type { Resolvers } from './generated/resolver-types.ts';
import { liveResolvers } from './live/live-resolvers.ts';
import { mediaResolvers } from './media/media-resolvers.ts';
import { uploadResolvers } from './upload/upload-resolvers.ts';

/** All resolvers: one line per aggregate. */
export const resolvers: Resolvers = {
  ...mediaResolvers,
  ...uploadResolvers,
  ...liveResolvers,
  Mutation: { ...mediaResolvers.Mutation, ...uploadResolvers.Mutation },
};
