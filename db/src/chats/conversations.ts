import type { ObjectId } from 'mongodb';
import type { CollectionDefinition } from '../mongo/index.ts';
import { clientId, count, requestHash, uuid } from '../mongo/schema-parts.ts';

/** A chat between two people, or of a group (specification, 993-1058). */
export interface ConversationDocument {
  _id: ObjectId;
  type: 'OneOnOne' | 'Group';
  /** Groups only. */
  name?: string;
  description?: string;
  createdById: string;
  /**
   * Who takes part now, for the list of a person's conversations and for recipients. What else is known about a member
   * is in `members`. Bounded by the size of a group.
   */
  memberIds: string[];
  /** How many messages there are: the number of the newest. Without gaps. */
  messageNumber: number;
  /** How many lasting changes there were: the sequence of the newest in `conversation_events`. Without gaps. */
  sequence: number;
  createdAt: Date;
  /** The specification's `updatedAt`. */
  lastActivityAt: Date;
  /** The creator's id of the request that made the group. */
  clientMutationId?: string;
  /** Fingerprint of that request. */
  requestHash?: string;
}

/** The collection `conversations`. */
export const conversations: CollectionDefinition = {
  name: 'conversations',
  validator: {
    $jsonSchema: {
      bsonType: 'object',
      required: ['type', 'createdById', 'memberIds', 'messageNumber', 'sequence', 'createdAt', 'lastActivityAt'],
      properties: {
        type: { enum: ['OneOnOne', 'Group'] },
        name: { bsonType: 'string', minLength: 1, maxLength: 100 },
        description: { bsonType: 'string', maxLength: 500 },
        createdById: uuid,
        memberIds: { bsonType: 'array', maxItems: 500, items: uuid },
        messageNumber: count,
        sequence: count,
        createdAt: { bsonType: 'date' },
        lastActivityAt: { bsonType: 'date' },
        clientMutationId: clientId,
        requestHash,
      },
      oneOf: [
        { properties: { type: { enum: ['OneOnOne'] }, memberIds: { minItems: 2, maxItems: 2 } } },
        { required: ['name'], properties: { type: { enum: ['Group'] } } },
      ],
    },
  },
  indexes: [
    {
      name: 'conversations_of_member',
      key: { memberIds: 1, lastActivityAt: -1, _id: -1 },
      serves: "a person's conversations, newest activity first (specification, index 4)",
    },
    {
      name: 'conversations_request',
      key: { createdById: 1, clientMutationId: 1 },
      serves: 'one group for each request of a creator, however often it is sent',
      options: { unique: true, partialFilterExpression: { clientMutationId: { $exists: true } } },
    },
  ],
};

/** The one conversation of two people. */
export interface DirectConversationDocument {
  /** Both ids, sorted, joined by a colon. The key is what makes it one per pair (decisions, Chats 2). */
  _id: string;
  conversationId: ObjectId;
  createdAt: Date;
}

/** The collection `direct_conversations`. */
export const directConversations: CollectionDefinition = {
  name: 'direct_conversations',
  validator: {
    $jsonSchema: {
      bsonType: 'object',
      required: ['_id', 'conversationId', 'createdAt'],
      properties: {
        _id: { bsonType: 'string', minLength: 73, maxLength: 73 },
        conversationId: { bsonType: 'objectId' },
        createdAt: { bsonType: 'date' },
      },
    },
  },
  indexes: [],
};
