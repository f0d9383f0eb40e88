import { conversationResolvers } from './conversation/conversation-resolvers.ts';
import type { Resolvers } from './generated/resolver-types.ts';
import { liveResolvers } from './live/live-resolvers.ts';
import { messageResolvers } from './message/message-resolvers.ts';
import { personResolvers } from './people/person-resolvers.ts';

/** All resolvers: one line per aggregate. */
export const resolvers: Resolvers = {
  ...conversationResolvers,
  ...messageResolvers,
  ...liveResolvers,
  ...personResolvers,
  Mutation: { ...conversationResolvers.Mutation, ...messageResolvers.Mutation },
};
