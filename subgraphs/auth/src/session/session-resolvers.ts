import { requireViewer, viewerOf } from '@postbook/service-kit';
import type { Resolvers } from '../generated/resolver-types.ts';

/** Logins and sessions. */
export const sessionResolvers: Resolvers = {
  Query: {
    sessions: (_parent, args, context) => context.services.sessions.page(requireViewer(context), args),
  },
  Mutation: {
    logIn: (_parent, { input }, { services, identity }) => services.logins.logIn(input, identity.client),
    refreshTokens: (_parent, { input }, { services, identity }) =>
      services.refreshes.refresh(input.refreshToken, identity.client),
    logOut: async (_parent, _args, context) => {
      const viewer = requireViewer(context);
      await context.services.sessions.logOut(viewer);
      return { sessionId: viewer.sessionId };
    },
    revokeSession: async (_parent, { input }, context) => {
      const errors = await context.services.sessions.revoke(requireViewer(context), input.sessionId);
      return { sessionId: errors.length > 0 ? null : input.sessionId, errors };
    },
    revokeOtherSessions: async (_parent, _args, context) => ({
      revokedCount: await context.services.sessions.revokeOthers(requireViewer(context)),
    }),
  },
  LogInPayload: {
    user: ({ userId }, _args, { loaders }) => (userId === null ? null : loaders.accountById.load(userId)),
  },
  Session: {
    isCurrent: ({ id }, _args, context) => viewerOf(context)?.sessionId === id,
  },
};
