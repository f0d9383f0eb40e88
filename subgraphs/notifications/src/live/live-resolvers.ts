import { requireViewer } from '@postbook/service-kit';
import type { NotificationEventKind, Resolvers } from '../generated/resolver-types.ts';
import type { Change } from './change.ts';
import { toEventCursor } from './event-cursor.ts';

const KINDS = {
  New: 'NEW',
  Updated: 'UPDATED',
  Read: 'READ',
  AllRead: 'ALL_READ',
  Removed: 'REMOVED',
} as const satisfies Record<Change['kind'], NotificationEventKind>;

/** What happens to one's notifications, live. */
export const liveResolvers = {
  Query: {
    notificationCursor: (_parent, _args, context) => context.services.live.cursor(requireViewer(context).userId),
  },
  Subscription: {
    notificationReceived: {
      subscribe: (_parent, { after }, context) => context.services.live.open(requireViewer(context).userId, after),
      resolve: (change: Change) => change,
    },
  },
  NotificationReceived: {
    cursor: ({ userId, sequence }) => toEventCursor(userId, sequence),
    kind: ({ kind }) => KINDS[kind],
    notification: (change, _args, { loaders }) =>
      change.kind === 'AllRead' || change.kind === 'Removed' ? null : loaders.notifications.load(change.notificationId),
    notificationId: (change) => (change.kind === 'AllRead' ? null : change.notificationId),
    readUpTo: (change) => (change.kind === 'AllRead' ? change.readUpTo : null),
    unreadCount: ({ userId }, _args, { loaders }) => loaders.unread.load(userId),
  },
} satisfies Resolvers;
