import type { Resolvers } from '../generated/resolver-types.ts';

/** Resolvers of search. */
export const searchResolvers = {
  Query: {
    searchUsers: (_, { query, ...args }, { scope, services }) => services.search.people(scope, query, args),
  },
} satisfies Resolvers;
