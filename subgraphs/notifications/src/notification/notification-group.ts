import type { Cause } from '../causes/cause.ts';
import type { Source } from '../causes/source.ts';
import { expiryOf, type Notification } from './notification.ts';

/** How many people a notification shows. */
const SHOWN_ACTORS = 3;

const earlier = (a: Date, b: Date): Date => new Date(Math.min(a.getTime(), b.getTime()));
const later = (a: Date, b: Date): Date => new Date(Math.max(a.getTime(), b.getTime()));

const newestActors = (ids: readonly (string | null)[]): string[] =>
  [...new Set(ids.flatMap((id) => id ?? []))].slice(0, SHOWN_ACTORS);

/** A notification of one thing. */
export function begin(id: string, userId: string, cause: Cause): Notification {
  const { type, templateKey, groupKey, actorId, related, actionUrl = null, context, at } = cause;
  return {
    id,
    userId,
    type,
    templateKey,
    actorIds: newestActors([actorId]),
    actorCount: actorId === null ? 0 : 1,
    related,
    actionUrl,
    context,
    isRead: false,
    readAt: null,
    groupKey,
    groupCount: 1,
    expiresAt: expiryOf(type, at),
    createdAt: at,
    updatedAt: at,
  };
}

/**
 * The group with one more thing. A thing that is late joins without moving the group and without taking the place of
 * newer people.
 *
 * @param isNewActor whether nobody's thing in the group is theirs yet.
 */
export function join(group: Notification, cause: Cause, isNewActor: boolean): Notification {
  const { actorId, at, related, type } = cause;
  const isNewest = at >= group.updatedAt;
  const { actorIds } = group;
  return {
    ...group,
    actorIds: newestActors(isNewest ? [actorId, ...actorIds] : [...actorIds, actorId]),
    actorCount: group.actorCount + (isNewActor && actorId !== null ? 1 : 0),
    related: isNewest ? related : group.related,
    groupCount: group.groupCount + 1,
    expiresAt: later(group.expiresAt, expiryOf(type, at)),
    createdAt: earlier(group.createdAt, at),
    updatedAt: later(group.updatedAt, at),
  };
}

/** What left a group, and who is still or no longer in it. */
export interface Leaving {
  /** How many things left. */
  readonly count: number;
  /** Those of whom nothing is left in the group. */
  readonly goneActors: ReadonlySet<string>;
  /** The newest of the remaining things, newest first. */
  readonly remaining: readonly Source[];
}

/** The group without what left it; null when nothing remains. It stays where it is in the list. */
export function leave(group: Notification, { count, goneActors, remaining }: Leaving): Notification | null {
  const groupCount = group.groupCount - count;
  if (groupCount <= 0) return null;
  const newest = remaining[0];
  const shown = [...remaining.map(({ actorId }) => actorId), ...group.actorIds];
  return {
    ...group,
    groupCount,
    actorCount: Math.max(0, group.actorCount - goneActors.size),
    actorIds: newestActors(shown.filter((id) => id !== null && !goneActors.has(id))),
    related: newest ? newest.related : group.related,
  };
}
