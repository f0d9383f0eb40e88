import type { RelatedEntity } from '../notification/notification.ts';

/** Names one thing of one recipient. */
export interface SourceKey {
  readonly userId: string;
  /** Names it among all things of its recipient. */
  readonly key: string;
}

/** One thing that a person was told of, or that was taken back before they could be. */
export interface Source extends SourceKey {
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

/** Who did something that counts in which notifications. */
export interface Presence {
  has(notificationId: string, actorId: string): boolean;
  add(notificationId: string, actorId: string): void;
}

/** Makes one of pairs of notification and person. */
export function createPresence(pairs: readonly (readonly [string, string])[]): Presence {
  const known = new Set(pairs.map(([notificationId, actorId]) => `${notificationId} ${actorId}`));
  return {
    has: (notificationId, actorId) => known.has(`${notificationId} ${actorId}`),
    add: (notificationId, actorId) => void known.add(`${notificationId} ${actorId}`),
  };
}
