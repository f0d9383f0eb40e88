import type { NotificationEventKind } from '@postbook/db/notifications';

/** What can happen to one notification. */
export type NotificationChangeKind = Exclude<NotificationEventKind, 'AllRead'>;

/** Something that happened to a person's notifications, as `notification_events` holds it. */
export type Change =
  | {
      readonly kind: NotificationChangeKind;
      readonly userId: string;
      /** 1, 2, 3 … for the person. */
      readonly sequence: number;
      readonly notificationId: string;
    }
  | {
      readonly kind: 'AllRead';
      readonly userId: string;
      readonly sequence: number;
      /** What happened until then was read. */
      readonly readUpTo: Date;
    };
