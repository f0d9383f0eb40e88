import { z } from 'zod';
import { defineEvent } from './envelope.ts';
import { audience, documentId, userId, visibility } from './payload-fields.ts';

const friendRequest = z.object({ requestId: documentId, fromUserId: userId, toUserId: userId });
const friendship = z.object({ userIds: z.tuple([userId, userId]) });
const follow = z.object({ followerId: userId, followedId: userId });
const block = z.object({ blockerId: userId, blockedId: userId });

/** The kinds of edges between two people that other services keep a copy of. */
export type RelationshipKind = 'Friend' | 'Follow' | 'Block';

/**
 * The `aggregateId` of an edge. Friendship has no direction, so its two ids are sorted; the others go from the first
 * person to the second. The publisher keeps a version per edge that grows even across removal and re-creation (a removed
 * edge leaves its version behind), so that a late event can't revive what a newer one removed.
 */
export const relationshipId = (kind: RelationshipKind, fromUserId: string, toUserId: string): string => {
  const ids = kind === 'Friend' ? [fromUserId, toUserId].sort() : [fromUserId, toUserId];
  return `${kind}:${ids[0]}:${ids[1]}`;
};

/**
 * Events of profiles. Aggregates: `Profile` (id: the user's), `FriendRequest` (id: the request's) and `Relationship`
 * (id: `relationshipId`). One act may publish several: an accepted request makes `FriendRequestAccepted` and two
 * `Followed`; a block makes `Blocked` and one removal for every edge it took away.
 */
export const profileEvents = {
  /** What a person's card shows changed. */
  UserProfileUpdated: defineEvent(
    'profiles',
    'Profile',
    z.object({
      userId,
      username: z.string(),
      displayName: z.string(),
      avatarUrl: z.string().nullable(),
      firstName: z.string().optional(),
      lastName: z.string().optional(),
      /** The files behind the picture and the cover; null when there is none. */
      avatarMediaId: documentId.nullable().optional(),
      coverMediaId: documentId.nullable().optional(),
    }),
  ),
  /** The privacy settings that other services enforce, all of them with every change. */
  PrivacyChanged: defineEvent(
    'profiles',
    'Profile',
    z.object({
      userId,
      profileVisibility: visibility,
      allowMessages: audience,
      allowTagging: audience,
      allowMentions: audience,
      showOnlineStatus: z.boolean(),
      showLastSeen: z.boolean(),
    }),
  ),
  /** Somebody asked to be friends. */
  FriendRequestSent: defineEvent('profiles', 'FriendRequest', friendRequest),
  /** Two people became friends. The aggregate is the friendship's edge, not the request. */
  FriendRequestAccepted: defineEvent('profiles', 'Relationship', friendRequest),
  /** The asked person refused. */
  FriendRequestDeclined: defineEvent('profiles', 'FriendRequest', friendRequest),
  /** The asking person withdrew, or the request expired. */
  FriendRequestCancelled: defineEvent('profiles', 'FriendRequest', friendRequest.extend({ expired: z.boolean() })),
  /** A friendship ended; `removedById` is who ended it. */
  FriendRemoved: defineEvent('profiles', 'Relationship', friendship.extend({ removedById: userId })),
  /** Somebody follows somebody. */
  Followed: defineEvent('profiles', 'Relationship', follow),
  /** Somebody no longer follows somebody. */
  Unfollowed: defineEvent('profiles', 'Relationship', follow),
  /** Each of the two is hidden from the other from now on. */
  Blocked: defineEvent('profiles', 'Relationship', block),
  /** The block was lifted; the edges it removed do not come back. */
  Unblocked: defineEvent('profiles', 'Relationship', block),
  /** Somebody looked at a profile; at most once per viewer and day. */
  ProfileViewed: defineEvent('profiles', 'Profile', z.object({ profileUserId: userId, viewerId: userId })),
};
