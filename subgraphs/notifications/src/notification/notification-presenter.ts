import { type Directory, isHidden, type RelationRepository } from '@postbook/people';
import type { Notification } from './notification.ts';
import { type VisibleNotification, visibleNotification } from './notification-policy.ts';

/** What {@link createNotificationPresenter} needs. */
export interface PresenterOptions {
  readonly directory: Directory;
  readonly relations: Pick<RelationRepository, 'areBlocked'>;
}

/** Shows notifications as their owners may see them, many people's at once. */
export function createNotificationPresenter({ directory, relations }: PresenterOptions) {
  /** For each of the notifications what its owner sees, or null. */
  return async (notifications: readonly Notification[]): Promise<(VisibleNotification | null)[]> => {
    const pairs = notifications.flatMap(({ userId, actorIds }) =>
      actorIds.map((actorId): readonly [string, string] => [userId, actorId]),
    );
    if (pairs.length === 0) return [...notifications];
    const [blocks, cards] = await Promise.all([
      relations.areBlocked(pairs),
      directory.cards([...new Set(pairs.map(([, actorId]) => actorId))]),
    ]);
    const unseen = new Set(
      pairs
        .filter(([, actorId], index) => {
          const card = cards.get(actorId);
          return blocks[index] || card === null || isHidden(card?.status);
        })
        .map(([userId, actorId]) => `${userId} ${actorId}`),
    );
    return notifications.map((notification) =>
      visibleNotification(notification, (actorId) => !unseen.has(`${notification.userId} ${actorId}`)),
    );
  };
}

/** What {@link createNotificationPresenter} returns. */
export type Presenter = ReturnType<typeof createNotificationPresenter>;
