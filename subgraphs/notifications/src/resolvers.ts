import type { Resolvers } from './generated/resolver-types.ts';
import { liveResolvers } from './live/live-resolvers.ts';
import { notificationResolvers } from './notification/notification-resolvers.ts';
import { personResolvers } from './people/person-resolvers.ts';
import { preferencesResolvers } from './preferences/preferences-resolvers.ts';

/** All resolvers: one line per aggregate. */
export const resolvers: Resolvers = {
  ...notificationResolvers,
  ...liveResolvers,
  ...preferencesResolvers,
  ...personResolvers,
  Query: { ...notificationResolvers.Query, ...liveResolvers.Query, ...preferencesResolvers.Query },
  Mutation: { ...notificationResolvers.Mutation, ...preferencesResolvers.Mutation },
};
