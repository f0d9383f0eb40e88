import type { ObjectId } from 'mongodb';
import type { CollectionDefinition } from '../mongo/index.ts';
import {
  clientId,
  count,
  date,
  object,
  objectId,
  oneOfWords,
  requestHash,
  switchField,
  uuid,
} from '../mongo/schema-parts.ts';

/** What became of a stranger's first message. */
export interface MessageRequest {
  fromUserId: string;
  status: 'Pending' | 'Accepted' | 'Declined';
  answeredAt?: Date;
}

/** A chat between two people, or of a group (specification, 993-1058). */
export interface ConversationDocument {
  _id: ObjectId;
  type: 'OneOnOne' | 'Group';
  /** Groups only. */
  name?: string;
  description?: string;
  /** Of a group: the picture, a file in media. */
  avatarMediaId?: ObjectId;
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
  /** Of a group: whether people who are not in it find it by search (decisions, Chats 8). Absent: they don't. */
  isDiscoverable?: boolean;
  /** Of a group: whether new members see messages from before they joined (Chats 7). Absent: they don't. */
  showsEarlierMessages?: boolean;
  /** Of a chat that a stranger began: until it is accepted it is a request, not a chat (Chats 8). */
  messageRequest?: MessageRequest;
  /** The creator's id of the request that made the group. */
  clientMutationId?: string;
  /** Fingerprint of that request. */
  requestHash?: string;
}

const messageRequest = object(
  { fromUserId: uuid, status: oneOfWords('Pending', 'Accepted', 'Declined'), answeredAt: date },
  ['fromUserId', 'status'],
);

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
        avatarMediaId: objectId,
        createdById: uuid,
        memberIds: { bsonType: 'array', maxItems: 500, items: uuid },
        messageNumber: count,
        sequence: count,
        createdAt: { bsonType: 'date' },
        lastActivityAt: { bsonType: 'date' },
        isDiscoverable: switchField,
        showsEarlierMessages: switchField,
        messageRequest,
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
      name: 'conversations_pending',
      key: { memberIds: 1, 'messageRequest.status': 1, lastActivityAt: -1, _id: -1 },
      serves: "a person's message requests, newest first",
      options: { partialFilterExpression: { 'messageRequest.status': 'Pending' } },
    },
    {
      name: 'conversations_type',
      key: { type: 1, lastActivityAt: -1 },
      serves: 'counts and lists for operators (index 2)',
    },
    {
      name: 'conversations_words',
      key: { name: 'text', description: 'text' },
      serves: 'search for groups, always with `isDiscoverable` (index 3)',
      options: { default_language: 'none', language_override: '__lang', weights: { name: 5, description: 1 } },
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
