import type { Resolvers } from '../generated/resolver-types.ts';

/** Hashtags and what trends. */
export const hashtagResolvers = {
  Query: {
    hashtag: (_parent, { tag }, { services }) => services.hashtags.find(tag),
    trendingHashtags: (_parent, args, { services }) => services.hashtags.trending(args),
  },
  Hashtag: {
    postsCount: ({ count }) => count,
    posts: ({ tag }, args, { scope, services }) => services.hashtags.posts(scope, tag, args),
  },
} satisfies Resolvers;
