import { type AnyEvent, createEvent } from '@postbook/events';
import { currentRequestTrace } from '@postbook/service-kit';
import type { FriendRequest } from './friend-request.ts';

const about = (request: FriendRequest, version: number) => ({
  aggregateId: request.id,
  version,
  payload: { requestId: request.id, fromUserId: request.senderId, toUserId: request.receiverId },
  traceparent: currentRequestTrace()?.traceparent,
});

/** Somebody asks. */
export const requestSent = (request: FriendRequest, version: number): AnyEvent =>
  createEvent({ type: 'FriendRequestSent', ...about(request, version) });

/** The receiver refused. Nobody tells the sender. */
export const requestDeclined = (request: FriendRequest, version: number): AnyEvent =>
  createEvent({ type: 'FriendRequestDeclined', ...about(request, version) });

/** The sender took it back, a block ended it, or (`expired`) time did. */
export function requestCancelled(request: FriendRequest, version: number, expired: boolean): AnyEvent {
  const { payload, ...rest } = about(request, version);
  return createEvent({ type: 'FriendRequestCancelled', ...rest, payload: { ...payload, expired } });
}
