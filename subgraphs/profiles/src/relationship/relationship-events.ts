import { type AnyEvent, createEvent, relationshipId } from '@postbook/events';
import { currentRequestTrace } from '@postbook/service-kit';

/** The request that a friendship comes from. */
export interface AcceptedRequest {
  readonly requestId: string;
  readonly senderId: string;
  readonly receiverId: string;
}

const traceparent = () => currentRequestTrace()?.traceparent;

/** Somebody follows, or no longer does. */
export const followEvent = (
  type: 'Followed' | 'Unfollowed',
  followerId: string,
  followedId: string,
  version: number,
): AnyEvent =>
  createEvent({
    type,
    aggregateId: relationshipId('Follow', followerId, followedId),
    version,
    payload: { followerId, followedId },
    traceparent: traceparent(),
  });

/** Somebody blocks, or no longer does. */
export const blockEvent = (
  type: 'Blocked' | 'Unblocked',
  blockerId: string,
  blockedId: string,
  version: number,
): AnyEvent =>
  createEvent({
    type,
    aggregateId: relationshipId('Block', blockerId, blockedId),
    version,
    payload: { blockerId, blockedId },
    traceparent: traceparent(),
  });

/** Two people became friends. */
export const friendAdded = ({ requestId, senderId, receiverId }: AcceptedRequest, version: number): AnyEvent =>
  createEvent({
    type: 'FriendRequestAccepted',
    aggregateId: relationshipId('Friend', senderId, receiverId),
    version,
    payload: { requestId, fromUserId: senderId, toUserId: receiverId },
    traceparent: traceparent(),
  });

/** A friendship ended. */
export const friendRemoved = (removedById: string, otherId: string, version: number): AnyEvent =>
  createEvent({
    type: 'FriendRemoved',
    aggregateId: relationshipId('Friend', removedById, otherId),
    version,
    payload: { userIds: removedById < otherId ? [removedById, otherId] : [otherId, removedById], removedById },
    traceparent: traceparent(),
  });
