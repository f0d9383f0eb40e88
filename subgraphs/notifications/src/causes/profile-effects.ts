import type { EventOf } from '@postbook/events';
import type { Cause, PersonalEffects } from './cause.ts';
import { causeBase, takeBack, takeBackOf, tell } from './personal-effects.ts';

const friendRequestKey = (requestId: string): string => `FriendRequest:${requestId}`;
const followKey = (followerId: string): string => `Follow:${followerId}`;

/** Somebody asks to be friends. */
export function friendRequestSent(event: EventOf<'FriendRequestSent'>): PersonalEffects[] {
  const { requestId, fromUserId, toUserId } = event.payload;
  const key = friendRequestKey(requestId);
  return tell(toUserId, {
    ...causeBase(event),
    key,
    type: 'FriendRequest',
    templateKey: 'FriendRequest',
    groupKey: key,
    actorId: fromUserId,
    related: { type: 'FriendRequest', id: requestId },
    entities: [],
  });
}

/**
 * Befriending is following both ways too (decisions, Profiles 2): all events of one act of a pair have one version, so
 * what is taken back at this version covers the follows of this act, whether they come before or after, and no later one.
 */
export function friendRequestAccepted(event: EventOf<'FriendRequestAccepted'>): PersonalEffects[] {
  const { requestId, fromUserId, toUserId } = event.payload;
  const key = `FriendAccepted:${requestId}`;
  const cause: Cause = {
    ...causeBase(event),
    key,
    type: 'FriendAccepted',
    templateKey: 'FriendAccepted',
    groupKey: key,
    actorId: toUserId,
    related: { type: 'User', id: toUserId },
    entities: [],
  };
  return [
    { userId: fromUserId, effects: [{ kind: 'Tell', cause }, takeBackOf(event, followKey(toUserId), toUserId)] },
    {
      userId: toUserId,
      effects: [
        takeBackOf(event, friendRequestKey(requestId), fromUserId),
        takeBackOf(event, followKey(fromUserId), fromUserId),
      ],
    },
  ];
}

/** Somebody follows. */
export function followed(event: EventOf<'Followed'>): PersonalEffects[] {
  const { followerId, followedId } = event.payload;
  return tell(followedId, {
    ...causeBase(event),
    key: followKey(followerId),
    type: 'Follow',
    templateKey: 'Follow',
    groupKey: 'Follow',
    actorId: followerId,
    related: { type: 'User', id: followerId },
    entities: [],
  });
}

/** Somebody looked at a profile: told together by days. */
export function profileViewed(event: EventOf<'ProfileViewed'>): PersonalEffects[] {
  const { profileUserId, viewerId } = event.payload;
  const day = new Date(event.occurredAt).toISOString().slice(0, 10);
  return tell(profileUserId, {
    ...causeBase(event),
    key: `ProfileView:${day}:${viewerId}`,
    type: 'ProfileView',
    templateKey: 'ProfileView',
    groupKey: `ProfileView:${day}`,
    actorId: viewerId,
    related: { type: 'User', id: viewerId },
    entities: [],
  });
}

/** The asked person refused, or the asking one withdrew. */
export const friendRequestEnded = (
  event: EventOf<'FriendRequestDeclined' | 'FriendRequestCancelled'>,
): PersonalEffects[] =>
  takeBack(event, event.payload.toUserId, friendRequestKey(event.payload.requestId), event.payload.fromUserId);

/** Somebody no longer follows. */
export const unfollowed = (event: EventOf<'Unfollowed'>): PersonalEffects[] =>
  takeBack(event, event.payload.followedId, followKey(event.payload.followerId), event.payload.followerId);
