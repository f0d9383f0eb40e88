import type { PairEdgeKind, Resolvers } from '../generated/resolver-types.ts';
import { privacyToGraph } from '../profile/privacy-words.ts';

/** What other services are told of people and of what is between them. */
export const peopleFeedResolvers = {
  Query: {
    profileFeed: (_, args, context) => context.services.feed.profiles(context, args),
    pairFeed: (_, args, context) => context.services.feed.pairs(context, args),
  },
  ProfileFeedEntry: {
    settings({ privacy }) {
      const { profileVisibility, allowMessages, allowTagging, allowMentions } = privacyToGraph(privacy);
      const { showOnlineStatus, showLastSeen } = privacy;
      return { profileVisibility, allowMessages, allowTagging, allowMentions, showOnlineStatus, showLastSeen };
    },
  },
  PairFeedEntry: {
    userIds: ({ userIds }) => [...userIds],
  },
  PairEdge: {
    kind: ({ kind }) => kind.toUpperCase() as PairEdgeKind,
    fromUserId: ({ from }) => from,
    toUserId: ({ to }) => to,
  },
} satisfies Resolvers;
