import { peopleFeedResolvers } from './feed/people-feed-resolvers.ts';
import { friendRequestResolvers } from './friend-request/friend-request-resolvers.ts';
import type { Resolvers } from './generated/resolver-types.ts';
import { pictureResolvers } from './profile/picture-resolvers.ts';
import { profileResolvers } from './profile/profile-resolvers.ts';
import { relationshipResolvers } from './relationship/relationship-resolvers.ts';
import { searchResolvers } from './search/search-resolvers.ts';

/** All resolvers: one line per aggregate, and the types that several of them extend. */
export const resolvers: Resolvers = {
  ...profileResolvers,
  ...relationshipResolvers,
  ...friendRequestResolvers,
  ...peopleFeedResolvers,
  Query: {
    ...profileResolvers.Query,
    ...relationshipResolvers.Query,
    ...friendRequestResolvers.Query,
    ...searchResolvers.Query,
    ...peopleFeedResolvers.Query,
  },
  Mutation: {
    ...profileResolvers.Mutation,
    ...pictureResolvers.Mutation,
    ...relationshipResolvers.Mutation,
    ...friendRequestResolvers.Mutation,
  },
  User: { ...profileResolvers.User, ...relationshipResolvers.User },
};
