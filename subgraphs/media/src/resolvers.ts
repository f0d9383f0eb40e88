import type { Resolvers } from './generated/resolver-types.ts';
import { mediaResolvers } from './media/media-resolvers.ts';
import { uploadResolvers } from './upload/upload-resolvers.ts';

/** All resolvers: one line per aggregate. */
export const resolvers: Resolvers = {
  ...mediaResolvers,
  ...uploadResolvers,
  Mutation: { ...mediaResolvers.Mutation, ...uploadResolvers.Mutation },
};
