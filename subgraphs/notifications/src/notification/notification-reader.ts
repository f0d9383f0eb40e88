import {
  type Connection,
  type ConnectionArguments,
  pageRequest,
  timeCursorCodec,
  visibleConnection,
} from '@postbook/service-kit';
import type { Notification } from './notification.ts';
import type { VisibleNotification } from './notification-policy.ts';
import type { Presenter } from './notification-presenter.ts';
import type { ListFilter, NotificationRepository } from './notification-repository.ts';

/** Cursors of the list of notifications. */
export const notificationCursors = timeCursorCodec('notifications');

const placeOf = ({ updatedAt, id }: Notification) => ({ at: updatedAt, id });

/** Reads people's notifications. */
export function createNotificationReader(notifications: NotificationRepository, present: Presenter) {
  return {
    /** A page of the viewer's notifications, newest first. @throws BadUserInputError */
    list(viewerId: string, args: ConnectionArguments, filter: ListFilter): Promise<Connection<VisibleNotification>> {
      return visibleConnection({
        request: pageRequest(args, notificationCursors),
        codec: notificationCursors,
        keyOf: placeOf,
        read: (request) => notifications.list(viewerId, filter, request),
        show: present,
      });
    },
  };
}

/** What {@link createNotificationReader} returns. */
export type NotificationReader = ReturnType<typeof createNotificationReader>;
