export { indexUseOf, migrateMongoDatabase } from '../mongo/index.ts';
export type {
  NotificationEventDocument,
  NotificationEventKind,
  NotificationHeadDocument,
} from './notification-events.ts';
export type {
  NotificationPreferencesDocument,
  NotificationSwitch,
  QuietHours,
} from './notification-preferences.ts';
export type { DeletedSubjectDocument, NotificationSourceDocument } from './notification-sources.ts';
export {
  type ChannelDelivery,
  NOTIFICATION_CHANNELS,
  NOTIFICATION_TYPES,
  type NotificationChannel,
  type NotificationDocument,
  type NotificationMetadata,
  type NotificationType,
  type RelatedEntityType,
} from './notifications.ts';
export * from './notifications-database.ts';
