import { z } from 'zod';
import { defineEvent } from './envelope.ts';
import { documentId, userId, userIds } from './payload-fields.ts';

const inConversation = z.object({
  conversationId: documentId,
  /** The number in `conversation_events`. */
  sequence: z.int().positive(),
});
const message = inConversation.extend({ messageId: documentId, senderId: userId, messageNumber: z.int().positive() });

/**
 * Events of chats. The aggregate is the conversation and `version` its sequence, so its events are ordered among each
 * other. Message text never travels: it is end users' correspondence and would stay in logs and dead letters.
 */
export const chatEvents = {
  /**
   * A message was sent. `recipientIds` are the members who should hear of it (not the sender, not who muted); absent in
   * conversations of more than 256 members, whose members are read from chats.
   */
  MessageSent: defineEvent(
    'chats',
    'Conversation',
    message.extend({
      conversationKind: z.enum(['Direct', 'Group']),
      recipientIds: userIds.optional(),
      mentionedUserIds: userIds,
      isRequest: z.boolean(),
      /** Files that hang on it. */
      mediaIds: z.array(documentId).max(50).optional(),
    }),
  ),
  /** A message's text changed within its 24 hours. */
  MessageEdited: defineEvent('chats', 'Conversation', message),
  /** A message was deleted for everyone: forget what was copied or shown of it. */
  MessageDeleted: defineEvent('chats', 'Conversation', message.extend({ deletedById: userId })),
  /** A conversation exists; members beyond the first 256 follow as `MemberJoined`. */
  ConversationCreated: defineEvent(
    'chats',
    'Conversation',
    inConversation.extend({ kind: z.enum(['Direct', 'Group']), createdById: userId, memberIds: userIds }),
  ),
  /** Somebody joined, or was added by another member. */
  MemberJoined: defineEvent(
    'chats',
    'Conversation',
    inConversation.extend({ userId, addedById: userId, role: z.enum(['Owner', 'Admin', 'Member']) }),
  ),
  /** Somebody left, or was removed by another member: they see nothing later than `lastMessageNumber`. */
  MemberLeft: defineEvent(
    'chats',
    'Conversation',
    inConversation.extend({ userId, removedById: userId.nullable(), lastMessageNumber: z.int().nonnegative() }),
  ),
};
