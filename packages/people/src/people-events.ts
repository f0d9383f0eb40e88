import type { EventOf, EventType } from '@postbook/events';
import type { CardChange } from './card-repository.ts';
import { type EnforcedSettings, ERASED_CARD, type RelationKind } from './person.ts';
import type { RelationChange } from './relation-repository.ts';

/** What a service may keep copies of: cards, the settings it enforces, and each kind of edge. */
export type Kept = 'cards' | 'settings' | RelationKind;

/** The events from which each kind of copy is kept. */
export const EVENTS_OF = {
  cards: [
    'UserCreated',
    'UsernameChanged',
    'UserStatusChanged',
    'UserDeactivated',
    'UserRestored',
    'UserPurged',
    'UserProfileUpdated',
  ],
  settings: ['PrivacyChanged'],
  Friend: ['FriendRequestAccepted', 'FriendRemoved'],
  Follow: ['Followed', 'Unfollowed'],
  Block: ['Blocked', 'Unblocked'],
} as const satisfies Record<Kept, readonly EventType[]>;

/** Types of events about a person or about two. */
export type PeopleEventType = (typeof EVENTS_OF)[Kept][number];

/** An event about a person or about two. */
export type PeopleEvent = EventOf<PeopleEventType>;

/** A version above all others: nothing that is late may bring an erased person back. */
const FINAL_VERSION = Number.MAX_SAFE_INTEGER;

/** One write to the local copies. */
export type CopyChange =
  | { readonly copy: 'card'; readonly userId: string; readonly version: number; readonly change: CardChange }
  | { readonly copy: 'relation'; readonly version: number; readonly change: RelationChange }
  | {
      readonly copy: 'settings';
      readonly userId: string;
      readonly version: number;
      readonly settings: EnforcedSettings;
    };

const card = (userId: string, version: number, change: CardChange): CopyChange => ({
  copy: 'card',
  userId,
  version,
  change,
});

/** What is left of the card of a person who is erased. */
export function erasedCard(userId: string): CopyChange[] {
  const { username, ...profile } = ERASED_CARD;
  return [
    card(userId, FINAL_VERSION, { part: 'username', set: { username } }),
    card(userId, FINAL_VERSION, { part: 'profile', set: profile }),
    card(userId, FINAL_VERSION, { part: 'status', set: { status: 'Deleted' } }),
  ];
}

/** The edge that an event makes or removes; undefined for events about one person. */
function relationOf(event: PeopleEvent): RelationChange | undefined {
  switch (event.type) {
    case 'FriendRequestAccepted': {
      const { fromUserId, toUserId } = event.payload;
      return { kind: 'Friend', fromUserId, toUserId, isActive: true };
    }
    case 'FriendRemoved': {
      const [fromUserId, toUserId] = event.payload.userIds;
      return { kind: 'Friend', fromUserId, toUserId, isActive: false };
    }
    case 'Followed':
    case 'Unfollowed': {
      const { followerId: fromUserId, followedId: toUserId } = event.payload;
      return { kind: 'Follow', fromUserId, toUserId, isActive: event.type === 'Followed' };
    }
    case 'Blocked':
    case 'Unblocked': {
      const { blockerId: fromUserId, blockedId: toUserId } = event.payload;
      return { kind: 'Block', fromUserId, toUserId, isActive: event.type === 'Blocked' };
    }
    default:
      return undefined;
  }
}

/** What an event means for the copies. */
export function changesOf(event: PeopleEvent): CopyChange[] {
  const { version } = event;
  const relation = relationOf(event);
  if (relation) return [{ copy: 'relation', version, change: relation }];
  switch (event.type) {
    case 'UserCreated': {
      const { userId, username } = event.payload;
      return [
        card(userId, version, { part: 'username', set: { username } }),
        card(userId, version, { part: 'status', set: { status: 'Active' } }),
      ];
    }
    case 'UsernameChanged': {
      const { userId, username } = event.payload;
      return [card(userId, version, { part: 'username', set: { username } })];
    }
    case 'UserStatusChanged': {
      const { userId, status } = event.payload;
      return [card(userId, version, { part: 'status', set: { status } })];
    }
    case 'UserDeactivated':
      return [card(event.payload.userId, version, { part: 'status', set: { status: 'Inactive' } })];
    case 'UserRestored':
      return [card(event.payload.userId, version, { part: 'status', set: { status: 'Active' } })];
    case 'UserPurged':
      return erasedCard(event.payload.userId);
    case 'UserProfileUpdated': {
      const { userId, displayName, avatarUrl } = event.payload;
      return [card(userId, version, { part: 'profile', set: { displayName, avatarUrl } })];
    }
    case 'PrivacyChanged': {
      const { userId, profileVisibility, ...settings } = event.payload;
      const visibility = profileVisibility === 'Custom' ? 'Private' : profileVisibility;
      return [{ copy: 'settings', userId, version, settings: { ...settings, profileVisibility: visibility } }];
    }
    default:
      return [];
  }
}
