import { requireViewer } from '@postbook/service-kit';
import type { Resolvers } from '../generated/resolver-types.ts';

/** The home feed. */
export const feedResolvers = {
  Query: {
    homeFeed: (_parent, args, context) =>
      context.services.feed.home(context.scope, requireViewer(context).userId, args),
  },
} satisfies Resolvers;
