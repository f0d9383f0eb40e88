import { type UserErrorValue, userError } from '@postbook/service-kit';
import type { Person } from '../profile/person.ts';
import { mayAskToBeFriends, type Relation } from '../profile/profile-policy.ts';
import { isBlocker, isSelf, personNotFound } from '../relationship/relationship-refusals.ts';
import { type FriendRequest, isWaiting } from './friend-request.ts';

/** Whether the person may know of the request: the two it is between. */
export const maySeeRequest = (viewerId: string | undefined, request: FriendRequest): boolean =>
  viewerId === request.senderId || viewerId === request.receiverId;

/**
 * Answered alike for those who take no requests and those who refused one lately: else the answer would tell the sender
 * of a refusal that nobody tells them of.
 */
export const takesNoRequests = (): UserErrorValue =>
  userError('NOT_ALLOWED', 'This person takes no friend requests from you now.', 'userId');

/** Why the viewer may not ask the person, apart from a refusal lately; undefined when they may. */
export function refusalToAsk(relation: Relation, person: Person): UserErrorValue | undefined {
  switch (relation) {
    case 'self':
      return isSelf();
    case 'blocked':
    case 'anonymous':
      return personNotFound();
    case 'blocker':
      return isBlocker();
    case 'friend':
      return userError('ALREADY_DONE', 'You are friends already.', 'userId');
    case 'follower':
    case 'stranger':
      return mayAskToBeFriends(relation, person.privacy) ? undefined : takesNoRequests();
    default:
      return relation satisfies never;
  }
}

/** What can become of a request that waits. */
export type Answer = 'Accepted' | 'Rejected' | 'Cancelled';

/** Who may give which answer: the receiver accepts and declines, the sender takes back. */
export const mayAnswer = (viewerId: string, request: FriendRequest, answer: Answer): boolean =>
  viewerId === (answer === 'Cancelled' ? request.senderId : request.receiverId);

/** Why a request can't be answered so; undefined when it can, or was so already. */
export function refusalToAnswer(request: FriendRequest, answer: Answer, now: Date): UserErrorValue | undefined {
  if (request.status === answer || isWaiting(request, now)) return undefined;
  return request.status === 'Pending'
    ? userError('EXPIRED', 'The request has expired.', 'requestId')
    : userError('ALREADY_DONE', 'The request was answered or taken back before.', 'requestId');
}
