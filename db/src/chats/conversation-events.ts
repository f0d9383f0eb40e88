import type { ObjectId } from 'mongodb';
import type { CollectionDefinition } from '../mongo/index.ts';
import { ordinal, uuid } from '../mongo/schema-parts.ts';

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
