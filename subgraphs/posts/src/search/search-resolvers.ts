import type { Resolvers } from '../generated/resolver-types.ts';

/** Search for posts. */
export const searchResolvers = {
  Query: {
    searchPosts: (_parent, { query, ...args }, { scope, services }) => services.search.posts(scope, query, args),
  },
} satisfies Resolvers;
