import type { RelatedEntity } from '../notification/notification.ts';

/** One thing that a person was told of, or that was taken back before they could be. */
export interface Source {
  readonly userId: string;
  /** Names it among all things of its recipient. */
  readonly key: string;
  readonly actorId: string | null;
  /** Whether it counts in its notification. */
  readonly isActive: boolean;
  /** Of the newest event about it. */
  readonly version: number;
  /** The notification it counts in, or counted; null for what was taken back before it came. */
  readonly notificationId: string | null;
  readonly related: RelatedEntity | null;
  readonly entities: readonly string[];
  readonly at: Date;
  readonly expiresAt: Date;
}
