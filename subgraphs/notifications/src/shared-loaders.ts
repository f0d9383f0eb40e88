import { createCardLoader, type Directory } from '@postbook/people';
import DataLoader from 'dataloader';
import type { VisibleNotification } from './notification/notification-policy.ts';
import type { Presenter } from './notification/notification-presenter.ts';
import type { NotificationRepository } from './notification/notification-repository.ts';

/**
 * Batches the reads of all requests and events of one moment, whoever they are for: a message in a group is told to
 * hundreds at once, and would be read as often. Nothing is remembered.
 */
export function createSharedLoaders(notifications: NotificationRepository, present: Presenter, directory: Directory) {
  return {
    /** Notifications by id as their owners see them; null where there is nothing to be seen. Says nothing of who asks. */
    notifications: new DataLoader<string, VisibleNotification | null>(
      async (ids) => {
        const rows = await notifications.byIds([...new Set(ids)]);
        const shown = await present(rows);
        const byId = new Map(rows.map(({ id }, index) => [id, shown[index] ?? null]));
        return ids.map((id) => byId.get(id.toLowerCase()) ?? null);
      },
      { cache: false },
    ),

    /** How many each person has not read. */
    unread: new DataLoader<string, number>(
      async (userIds) => {
        const counts = await notifications.unreadCounts([...new Set(userIds)]);
        return userIds.map((userId) => counts.get(userId) ?? 0);
      },
      { cache: false },
    ),

    cards: createCardLoader(directory),
  };
}

/** What {@link createSharedLoaders} returns. */
export type SharedLoaders = ReturnType<typeof createSharedLoaders>;
