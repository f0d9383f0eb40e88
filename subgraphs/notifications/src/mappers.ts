// What stands behind each type of the graph: the parents that resolvers get.
export type { Change as NotificationReceivedModel } from './live/change.ts';
export type { VisibleNotification as NotificationModel } from './notification/notification-policy.ts';
export type { Preferences as NotificationPreferencesModel } from './preferences/preferences.ts';

/** A person: the rest is answered by the directory. */
export interface UserModel {
  readonly id: string;
}
