import type { Cause } from '../causes/cause.ts';
import { expiryOf, type Notification, type NotificationType } from './notification.ts';

/** What decides whether a person may be told of things. */
export interface RecipientFacts {
  /** Their account is erased. */
  readonly isErased: boolean;
  /** Of those who did the things: whose account is hidden everywhere. */
  readonly hiddenActors: ReadonlySet<string>;
  /** Of those who did the things: with whom there is a block, either way. */
  readonly blockedActors: ReadonlySet<string>;
  /** Of what the things are about: what is gone. */
  readonly deletedEntities: ReadonlySet<string>;
  /** Kinds that they don't want to be told of in the list. */
  readonly silencedTypes: ReadonlySet<NotificationType>;
}

/** Whether a person may be told of a thing. What is refused leaves no trace. */
export function mayTell(userId: string, cause: Cause, facts: RecipientFacts): boolean {
  const { actorId, entities, type } = cause;
  if (facts.isErased || actorId === userId || facts.silencedTypes.has(type)) return false;
  if (actorId !== null && (facts.hiddenActors.has(actorId) || facts.blockedActors.has(actorId))) return false;
  return !entities.some((entity) => facts.deletedEntities.has(entity));
}

/** Whether a thing is so old that its notification would be gone already. */
export const isOver = ({ type, at }: Cause, now: Date): boolean => expiryOf(type, at) <= now;

/** A notification with those of its people whom the reader may see. */
export interface VisibleNotification extends Notification {
  /** Of the three newest. */
  readonly actorIds: readonly string[];
  /** Without those who are hidden from the reader, as far as they are among the three newest. */
  readonly actorCount: number;
}

/**
 * The notification as its owner sees it; null when nobody who did it may be seen. Events take back what hidden or blocked
 * people did; this covers the time until they have.
 */
export function visibleNotification(
  notification: Notification,
  isVisible: (actorId: string) => boolean,
): VisibleNotification | null {
  const actorIds = notification.actorIds.filter(isVisible);
  const hidden = notification.actorIds.length - actorIds.length;
  if (notification.actorIds.length > 0 && actorIds.length === 0) return null;
  return { ...notification, actorIds, actorCount: notification.actorCount - hidden };
}
