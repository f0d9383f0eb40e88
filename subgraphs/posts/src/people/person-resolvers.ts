import { partOf } from '@postbook/people';
import type { Resolvers } from '../generated/resolver-types.ts';

/** People as posts shows them, from the local copies, and what they posted. */
export const personResolvers = {
  User: {
    __resolveReference: ({ id }) => ({ id }),
    username: async ({ id }, _args, { scope }) => partOf(await scope.cards.load(id), 'username'),
    displayName: async ({ id }, _args, { scope }) => partOf(await scope.cards.load(id), 'displayName'),
    avatarUrl: async ({ id }, _args, { scope }) => partOf(await scope.cards.load(id), 'avatarUrl'),
    posts: ({ id }, args, { scope, services }) => services.postReader.ofAuthor(scope, id, args),
    postsCount: ({ id }, _args, { loaders }) => loaders.postCounts.load(id),
  },
} satisfies Resolvers;
