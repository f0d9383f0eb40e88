import { accountResolvers } from './account/account-resolvers.ts';
import type { Resolvers } from './generated/resolver-types.ts';
import { sessionResolvers } from './session/session-resolvers.ts';

/** All resolvers: one line per aggregate. */
export const resolvers: Resolvers = {
  ...accountResolvers,
  ...sessionResolvers,
  Query: { ...accountResolvers.Query, ...sessionResolvers.Query },
  Mutation: { ...accountResolvers.Mutation, ...sessionResolvers.Mutation },
};
