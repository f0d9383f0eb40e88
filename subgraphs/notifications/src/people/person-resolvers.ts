import { partOf } from '@postbook/people';
import type { Resolvers } from '../generated/resolver-types.ts';

/** People as notifications shows them, from the local copies. */
export const personResolvers = {
  User: {
    __resolveReference: ({ id }) => ({ id }),
    username: async ({ id }, _args, { loaders }) => partOf(await loaders.cards.load(id), 'username'),
    displayName: async ({ id }, _args, { loaders }) => partOf(await loaders.cards.load(id), 'displayName'),
    avatarUrl: async ({ id }, _args, { loaders }) => partOf(await loaders.cards.load(id), 'avatarUrl'),
  },
} satisfies Resolvers;
