import type { EventOf } from '@postbook/events';
import { type Cause, entityKey, type PersonalEffects } from './cause.ts';
import { causeBase, takeBack, tell } from './personal-effects.ts';

const groupMembershipKey = (conversationId: string): string => `Group:${conversationId}`;

/** Members of a conversation of more than 256 are not named in the event and are not told (event catalogue). */
export function messageSent(event: EventOf<'MessageSent'>): PersonalEffects[] {
  const { conversationId, messageId, senderId, recipientIds = [] } = event.payload;
  const cause: Cause = {
    ...causeBase(event),
    key: `Message:${messageId}`,
    type: 'Message',
    templateKey: 'Message',
    groupKey: `Message:${conversationId}`,
    actorId: senderId,
    related: { type: 'Message', id: messageId },
    context: { conversationId },
    entities: [entityKey('Message', messageId)],
  };
  return recipientIds.flatMap((userId) => tell(userId, cause));
}

const groupAdded = (event: EventOf<'ConversationCreated' | 'MemberJoined'>, actorId: string): Cause => {
  const { conversationId } = event.payload;
  const key = groupMembershipKey(conversationId);
  return {
    ...causeBase(event),
    key,
    type: 'Group',
    templateKey: 'GroupAdded',
    groupKey: key,
    actorId,
    related: { type: 'Conversation', id: conversationId },
    context: { conversationId },
    entities: [],
  };
};

/** A group was made: its first members are told. A chat between two tells by its first message. */
export function conversationCreated(event: EventOf<'ConversationCreated'>): PersonalEffects[] {
  const { kind, createdById, memberIds } = event.payload;
  if (kind === 'Direct') return [];
  return memberIds.flatMap((userId) => tell(userId, groupAdded(event, createdById)));
}

/** Somebody joined, or was added. */
export const memberJoined = (event: EventOf<'MemberJoined'>): PersonalEffects[] =>
  tell(event.payload.userId, groupAdded(event, event.payload.addedById));

/** Somebody left, or was removed. */
export const memberLeft = (event: EventOf<'MemberLeft'>): PersonalEffects[] =>
  takeBack(event, event.payload.userId, groupMembershipKey(event.payload.conversationId), null);
