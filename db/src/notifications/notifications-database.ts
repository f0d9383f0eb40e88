import type { Db } from 'mongodb';
import type { DatabaseDefinition } from '../mongo/index.ts';
import { inbox, outbox, outboxRelay } from '../mongo/messaging.ts';
import { peopleCollections } from '../people/people.ts';
import { notificationEvents, notificationHeads } from './notification-events.ts';
import { notificationPreferences } from './notification-preferences.ts';
import { deletedSubjects, notificationSources } from './notification-sources.ts';
import { notifications } from './notifications.ts';

/** The database of notifications (specification, 1593-1690, as changed by the decisions on notifications). */
export const notificationsDatabase: DatabaseDefinition<Db> = {
  name: 'NotificationServiceDB',
  collections: [
    notifications,
    notificationSources,
    deletedSubjects,
    notificationEvents,
    notificationHeads,
    notificationPreferences,
    ...peopleCollections(),
    outbox,
    outboxRelay,
    inbox,
  ],
  migrations: [],
};
