import type { ObjectId } from 'mongodb';
import type { CollectionDefinition } from '../mongo/index.ts';
import { clientId, ordinal, requestHash, uuid } from '../mongo/schema-parts.ts';

/** What a message is (specification, 1091). Only `Text` is written so far. */
export type MessageKind = 'Text' | 'Media' | 'File' | 'Voice' | 'Location' | 'Contact' | 'System';

/** A message (specification, 1064-1175). People are ids only: names and pictures come from `user_cards`. */
export interface MessageDocument {
  _id: ObjectId;
  conversationId: ObjectId;
  /** 1, 2, 3 … in the conversation, without gaps. */
  number: number;
  /** Of its event in `conversation_events`. */
  sequence: number;
  senderId: string;
  messageType: MessageKind;
  /** At most 5,000 characters. */
  content: string;
  /** The id the sender's device gave it. */
  clientMessageId?: string;
  /** Fingerprint of the request that sent it, if it had a `clientMessageId`. */
  requestHash?: string;
  createdAt: Date;
}

/** The collection `messages`. */
export const messages: CollectionDefinition = {
  name: 'messages',
  validator: {
    $jsonSchema: {
      bsonType: 'object',
      required: ['conversationId', 'number', 'sequence', 'senderId', 'messageType', 'content', 'createdAt'],
      properties: {
        conversationId: { bsonType: 'objectId' },
        number: ordinal,
        sequence: ordinal,
        senderId: uuid,
        messageType: { enum: ['Text', 'Media', 'File', 'Voice', 'Location', 'Contact', 'System'] },
        content: { bsonType: 'string', maxLength: 5000 },
        clientMessageId: clientId,
        requestHash,
        createdAt: { bsonType: 'date' },
      },
    },
  },
  indexes: [
    {
      name: 'messages_in_order',
      key: { conversationId: 1, number: 1 },
      serves: 'history by pages and the newest message (specification, index 1, by number); no number twice',
      options: { unique: true },
    },
    {
      name: 'messages_sent_once',
      key: { conversationId: 1, senderId: 1, clientMessageId: 1 },
      serves: 'a message sent twice with the same client id is stored once, whichever processes got it',
      options: { unique: true, partialFilterExpression: { clientMessageId: { $exists: true } } },
    },
    {
      name: 'messages_own',
      key: { conversationId: 1, senderId: 1, number: 1 },
      serves: "one's own messages after one's watermark, which don't count as unread",
    },
  ],
};

/** What has happened in a conversation. */
export type ConversationEventKind = 'Created' | 'MessageSent' | 'MemberJoined' | 'MemberLeft';

/** One lasting change. Ids and kind only: text is read from `messages`, where it can be erased. */
export interface ConversationEventDocument {
  _id: ObjectId;
  conversationId: ObjectId;
  /** 1, 2, 3 … in the conversation, without gaps: the cursor of subscriptions. */
  sequence: number;
  kind: ConversationEventKind;
  /** Of `MessageSent`. */
  messageId?: ObjectId;
  /** Who joined or left. */
  userId?: string;
  at: Date;
}

/** The collection `conversation_events`. */
export const conversationEvents: CollectionDefinition = {
  name: 'conversation_events',
  validator: {
    $jsonSchema: {
      bsonType: 'object',
      required: ['conversationId', 'sequence', 'kind', 'at'],
      properties: {
        conversationId: { bsonType: 'objectId' },
        sequence: ordinal,
        kind: { enum: ['Created', 'MessageSent', 'MemberJoined', 'MemberLeft'] },
        messageId: { bsonType: 'objectId' },
        userId: uuid,
        at: { bsonType: 'date' },
      },
      oneOf: [
        { properties: { kind: { enum: ['Created'] } } },
        { required: ['messageId'], properties: { kind: { enum: ['MessageSent'] } } },
        { required: ['userId'], properties: { kind: { enum: ['MemberJoined', 'MemberLeft'] } } },
      ],
    },
  },
  indexes: [
    {
      name: 'conversation_events_in_order',
      key: { conversationId: 1, sequence: 1 },
      serves: 'catch-up after a cursor; no sequence twice',
      options: { unique: true },
    },
  ],
};
