import { requireViewer } from '@postbook/service-kit';
import type { NotificationFilterInput, Resolvers } from '../generated/resolver-types.ts';
import type { Loaders } from '../loaders.ts';
import { linkOf } from '../text/links.ts';
import { render } from '../text/render.ts';
import type { RelatedEntity } from './notification.ts';
import type { VisibleNotification } from './notification-policy.ts';
import type { ListFilter } from './notification-repository.ts';
import { TYPE_WORDS, typeOfWord } from './notification-words.ts';

/** What `subject` can be; anything else is shown by its link alone. */
const SUBJECTS = ['Post', 'Comment', 'Message', 'FriendRequest', 'User'] as const;

const subjectOf = (related: RelatedEntity | null) =>
  SUBJECTS.flatMap((type) => (related?.type === type ? [{ __typename: type, id: related.id }] : []))[0] ?? null;

const toFilter = (filter: NotificationFilterInput | null | undefined): ListFilter => ({
  isUnread: filter?.isUnread ?? undefined,
  types: filter?.types ? [...new Set(filter.types.map(typeOfWord))] : undefined,
});

async function textsOf(notification: VisibleNotification, loaders: Loaders, language?: string | null) {
  const { templateKey, actorIds, actorCount, groupCount } = notification;
  const cards = await Promise.all(actorIds.map((id) => loaders.cards.load(id)));
  const names = cards.flatMap((card) => card?.displayName ?? card?.username ?? []);
  return render({ templateKey, names, actorCount, groupCount }, language);
}

/** Notifications, and what can be done with them. */
export const notificationResolvers = {
  Query: {
    notifications: (_parent, { filter, ...args }, context) =>
      context.services.reader.list(requireViewer(context).userId, args, toFilter(filter)),
    notification(_parent, { id }, context) {
      requireViewer(context);
      return context.loaders.notifications.load(id);
    },
    unreadNotificationCount: (_parent, _args, context) => context.loaders.unread.load(requireViewer(context).userId),
  },
  Mutation: {
    async markNotificationsRead(_parent, { input }, context) {
      const { userId } = requireViewer(context);
      const { value: ids, errors } = await context.services.notifications.markRead(userId, input.ids);
      const { loaders } = context;
      if (!ids) return { notifications: [], unreadCount: null, errors };
      const notifications = (await Promise.all(ids.map((id) => loaders.notifications.load(id)))).flatMap(
        (n) => n ?? [],
      );
      return { notifications, unreadCount: await loaders.unread.load(userId), errors };
    },
    async markAllNotificationsRead(_parent, { input }, context) {
      const { userId } = requireViewer(context);
      const { value: markedCount, errors } = await context.services.notifications.markAllRead(userId, input.upTo);
      return { markedCount, unreadCount: await context.loaders.unread.load(userId), errors };
    },
    async deleteNotification(_parent, { input }, context) {
      const { userId } = requireViewer(context);
      const { value: notificationId, errors } = await context.services.notifications.remove(userId, input.id);
      const unreadCount = notificationId === null ? null : await context.loaders.unread.load(userId);
      return { notificationId, unreadCount, errors };
    },
  },
  Notification: {
    __resolveReference: ({ id }, { loaders }) => loaders.notifications.load(id),
    type: ({ type }) => TYPE_WORDS[type],
    title: async (notification, { language }, { loaders }) => (await textsOf(notification, loaders, language)).title,
    text: async (notification, { language }, { loaders }) => (await textsOf(notification, loaders, language)).text,
    actors: ({ actorIds }) => actorIds.map((id) => ({ id })),
    subject: ({ related }) => subjectOf(related),
    actionUrl: (notification) => linkOf(notification),
  },
} satisfies Resolvers;
