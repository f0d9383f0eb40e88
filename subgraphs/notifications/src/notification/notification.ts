import type { NotificationType, RelatedEntityType } from '@postbook/db/notifications';

export type { NotificationType, RelatedEntityType };

/** What a notification is about. */
export interface RelatedEntity {
  readonly type: RelatedEntityType;
  readonly id: string;
}

/** Ids that links are made from. */
export interface NotificationContext {
  readonly postId?: string | undefined;
  readonly conversationId?: string | undefined;
}

/** What a person is told: one thing, or a group of alike ones. */
export interface Notification {
  readonly id: string;
  /** Who is told. */
  readonly userId: string;
  readonly type: NotificationType;
  /** Which text of the catalogue. */
  readonly templateKey: string;
  /** The last three who did it, newest first; none for notices of the network itself. */
  readonly actorIds: readonly string[];
  /** How many different people did it. */
  readonly actorCount: number;
  /** The newest thing it is about. */
  readonly related: RelatedEntity | null;
  /** Of notices whose link can't be made from what they are about. */
  readonly actionUrl: string | null;
  readonly context: NotificationContext;
  readonly isRead: boolean;
  readonly readAt: Date | null;
  /** What is told together while it is unread. */
  readonly groupKey: string;
  /** How many things are told together. */
  readonly groupCount: number;
  readonly expiresAt: Date;
  readonly createdAt: Date;
  /** When the newest thing happened. */
  readonly updatedAt: Date;
}

const DAY_MS = 24 * 60 * 60_000;

/** How long notifications are kept after the newest thing, in days (decisions, Notifications 1). */
const KEPT_DAYS = 90;
const SECURITY_KEPT_DAYS = 365;

/** When a notification of something that happened then goes. */
export const expiryOf = (type: NotificationType, at: Date): Date =>
  new Date(at.getTime() + (type === 'Security' ? SECURITY_KEPT_DAYS : KEPT_DAYS) * DAY_MS);

/** When the source of something that happened then goes: after all that could still be said of its notification. */
export const sourceExpiryOf = (type: NotificationType, at: Date): Date =>
  new Date(expiryOf(type, at).getTime() + 10 * DAY_MS);

/** When a change of somebody's notifications is forgotten: with most of what it tells of. */
export const changeExpiryOf = (at: Date): Date => expiryOf('Like', at);
