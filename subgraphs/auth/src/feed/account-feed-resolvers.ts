import type { AccountStatus, Resolvers } from '../generated/resolver-types.ts';
import type { FeedAccount } from './account-feed-repository.ts';

const STATUSES = {
  Active: 'ACTIVE',
  Inactive: 'INACTIVE',
  Suspended: 'SUSPENDED',
  Deleted: 'DELETED',
} as const satisfies Record<FeedAccount['status'], AccountStatus>;

/** What other services are told of accounts. */
export const accountFeedResolvers = {
  Query: {
    accountFeed: (_parent, args, context) => context.services.accountFeed.page(context, args),
  },
  AccountFeedEntry: {
    status: ({ status }) => STATUSES[status],
  },
} satisfies Resolvers;
