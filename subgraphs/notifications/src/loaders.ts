import type { PartialCard } from '@postbook/people';
import DataLoader from 'dataloader';
import type { VisibleNotification } from './notification/notification-policy.ts';
import type { SharedLoaders } from './shared-loaders.ts';

/**
 * Reads of one request, batched with those of others. Only people are remembered within it: several mutations may follow
 * each other in a request, and the later must not be answered with what was before the earlier.
 *
 * @param viewerId undefined for the anonymous, who have no notifications.
 */
export function createLoaders(viewerId: string | undefined, shared: SharedLoaders) {
  return {
    /** The viewer's notifications by id; null where they have none. */
    notifications: {
      async load(id: string): Promise<VisibleNotification | null> {
        const notification = viewerId === undefined ? null : await shared.notifications.load(id);
        return notification?.userId === viewerId ? notification : null;
      },
    },

    /** How many notifications a person has not read. */
    unread: shared.unread,

    /** What is shown of people; null for those who don't exist. */
    cards: new DataLoader<string, PartialCard | null>((ids) => Promise.all(ids.map((id) => shared.cards.load(id)))),
  };
}

/** What {@link createLoaders} returns. */
export type Loaders = ReturnType<typeof createLoaders>;
