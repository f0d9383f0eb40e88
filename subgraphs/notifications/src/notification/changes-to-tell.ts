import type { NotificationChangeKind } from '../live/change.ts';

/** Something that one step of a transaction did. */
export type Happening =
  | { readonly kind: NotificationChangeKind; readonly notificationId: string }
  | { readonly kind: 'AllRead'; readonly readUpTo: Date };

/** What two steps with one notification come to; null when nothing remains of it. */
function together(before: NotificationChangeKind, after: NotificationChangeKind): NotificationChangeKind | null {
  if (before !== 'New') return after;
  return after === 'Removed' ? null : 'New';
}

/**
 * What a transaction is to tell: a notification is told of once, as it is in the end, so that a hundred reactions of one
 * moment are one change; what came and went within it is not told at all.
 */
export function changesToTell(happenings: readonly Happening[]): Happening[] {
  const kinds = new Map<string, NotificationChangeKind | null>();
  const allRead: Happening[] = [];
  for (const happening of happenings) {
    if (happening.kind === 'AllRead') allRead.push(happening);
    else {
      const { kind, notificationId } = happening;
      const before = kinds.get(notificationId);
      kinds.set(notificationId, before ? together(before, kind) : kind);
    }
  }
  const single = [...kinds].flatMap(([notificationId, kind]): Happening[] => (kind ? [{ kind, notificationId }] : []));
  return [...single, ...allRead];
}
