import { commentResolvers } from './comment/comment-resolvers.ts';
import { feedResolvers } from './feed/feed-resolvers.ts';
import type { Resolvers } from './generated/resolver-types.ts';
import { hashtagResolvers } from './hashtag/hashtag-resolvers.ts';
import { liveResolvers } from './live/live-resolvers.ts';
import { personResolvers } from './people/person-resolvers.ts';
import { pollResolvers } from './poll/poll-resolvers.ts';
import { postResolvers } from './post/post-resolvers.ts';
import { reactionResolvers } from './reaction/reaction-resolvers.ts';
import { searchResolvers } from './search/search-resolvers.ts';

/** All resolvers: one line per aggregate, and the types that several of them extend. */
export const resolvers: Resolvers = {
  ...postResolvers,
  ...pollResolvers,
  ...reactionResolvers,
  ...commentResolvers,
  ...hashtagResolvers,
  ...liveResolvers,
  ...personResolvers,
  Query: {
    ...postResolvers.Query,
    ...feedResolvers.Query,
    ...hashtagResolvers.Query,
    ...searchResolvers.Query,
  },
  Mutation: {
    ...postResolvers.Mutation,
    ...pollResolvers.Mutation,
    ...reactionResolvers.Mutation,
    ...commentResolvers.Mutation,
  },
  Post: { ...postResolvers.Post, ...reactionResolvers.Post, ...commentResolvers.Post },
  Comment: { ...commentResolvers.Comment, ...reactionResolvers.Comment },
};
