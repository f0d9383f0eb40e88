import type { EventOf } from '@postbook/events';
import { sessionRevoked } from './account-effects.ts';
import type { PersonalEffects } from './cause.ts';
import { conversationCreated, memberJoined, memberLeft, messageSent } from './chat-effects.ts';
import { commentCreated, mentioned, postShared, reacted, unreacted } from './post-effects.ts';
import {
  followed,
  friendRequestAccepted,
  friendRequestEnded,
  friendRequestSent,
  profileViewed,
  unfollowed,
} from './profile-effects.ts';

/** Events from which people are told something, or something is taken back from one known person. */
export const PERSONAL_EVENTS = [
  'FriendRequestSent',
  'FriendRequestAccepted',
  'FriendRequestDeclined',
  'FriendRequestCancelled',
  'Followed',
  'Unfollowed',
  'ProfileViewed',
  'Reacted',
  'Unreacted',
  'CommentCreated',
  'Mentioned',
  'PostShared',
  'MessageSent',
  'ConversationCreated',
  'MemberJoined',
  'MemberLeft',
  'SessionRevoked',
] as const;

/** The types of {@link PERSONAL_EVENTS}. */
export type PersonalEventType = (typeof PERSONAL_EVENTS)[number];

/** An event of {@link PERSONAL_EVENTS}. */
export type PersonalEvent = EventOf<PersonalEventType>;

/** Who is told what by an event, and what it takes back from whom. */
export function effectsOf(event: PersonalEvent): PersonalEffects[] {
  const { type } = event;
  switch (type) {
    case 'FriendRequestSent':
      return friendRequestSent(event);
    case 'FriendRequestAccepted':
      return friendRequestAccepted(event);
    case 'FriendRequestDeclined':
    case 'FriendRequestCancelled':
      return friendRequestEnded(event);
    case 'Followed':
      return followed(event);
    case 'Unfollowed':
      return unfollowed(event);
    case 'ProfileViewed':
      return profileViewed(event);
    case 'Reacted':
      return reacted(event);
    case 'Unreacted':
      return unreacted(event);
    case 'CommentCreated':
      return commentCreated(event);
    case 'Mentioned':
      return mentioned(event);
    case 'PostShared':
      return postShared(event);
    case 'MessageSent':
      return messageSent(event);
    case 'ConversationCreated':
      return conversationCreated(event);
    case 'MemberJoined':
      return memberJoined(event);
    case 'MemberLeft':
      return memberLeft(event);
    case 'SessionRevoked':
      return sessionRevoked(event);
    default:
      return type satisfies never;
  }
}
