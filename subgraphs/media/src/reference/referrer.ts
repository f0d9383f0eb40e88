import type { ReferrerType } from '@postbook/db/media';
import type { EventOf } from '@postbook/events';

/** What an event tells of something that may refer to files. */
export interface Referrer {
  readonly entityType: ReferrerType;
  readonly entityId: string;
  /** Only files of this person count: whoever refers to others' has no say over them. Undefined when no file is named. */
  readonly ownerId: string | undefined;
  /** All files it refers to now. */
  readonly mediaIds: readonly string[];
  /** Of the event: an older one changes nothing any more. */
  readonly version: number;
}

/** The events that tell of references. */
export const REFERENCE_EVENTS = [
  'PostCreated',
  'PostUpdated',
  'PostDeleted',
  'MessageSent',
  'MessageDeleted',
  'UserProfileUpdated',
] as const;

export type ReferenceEvent = EventOf<(typeof REFERENCE_EVENTS)[number]>;

function ofProfile({ payload, version }: EventOf<'UserProfileUpdated'>): Referrer | undefined {
  const { userId, avatarMediaId, coverMediaId } = payload;
  // A profile from before pictures were files says nothing of them.
  if (avatarMediaId === undefined && coverMediaId === undefined) return undefined;
  const mediaIds = [avatarMediaId, coverMediaId].filter((id) => id != null);
  return { entityType: 'Profile', entityId: userId, ownerId: userId, mediaIds, version };
}

/** What an event tells; undefined when it is nothing of files. */
export function referrerOf(event: ReferenceEvent): Referrer | undefined {
  const { type, version } = event;
  switch (type) {
    case 'PostCreated':
    case 'PostUpdated': {
      const { postId, authorId, mediaIds } = event.payload;
      // The first event of something has nothing to take back.
      if (type === 'PostCreated' && mediaIds.length === 0) return undefined;
      return { entityType: 'Post', entityId: postId, ownerId: authorId, mediaIds, version };
    }
    case 'PostDeleted':
      return { entityType: 'Post', entityId: event.payload.postId, ownerId: undefined, mediaIds: [], version };
    case 'MessageSent': {
      const { messageId, senderId, mediaIds = [] } = event.payload;
      if (mediaIds.length === 0) return undefined;
      return { entityType: 'Message', entityId: messageId, ownerId: senderId, mediaIds, version };
    }
    case 'MessageDeleted':
      return { entityType: 'Message', entityId: event.payload.messageId, ownerId: undefined, mediaIds: [], version };
    case 'UserProfileUpdated':
      return ofProfile(event);
    default:
      return type satisfies never;
  }
}
