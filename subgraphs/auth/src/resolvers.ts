import { accountResolvers } from './account/account-resolvers.ts';
import { accountFeedResolvers } from './feed/account-feed-resolvers.ts';
import type { Resolvers } from './generated/resolver-types.ts';
import { sessionResolvers } from './session/session-resolvers.ts';

/** All resolvers: one line per aggregate. */
export const resolvers: Resolvers = {
  ...accountResolvers,
  ...sessionResolvers,
  ...accountFeedResolvers,
  Query: { ...accountResolvers.Query, ...sessionResolvers.Query, ...accountFeedResolvers.Query },
  Mutation: { ...accountResolvers.Mutation, ...sessionResolvers.Mutation },
};
