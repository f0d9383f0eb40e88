import type { ObjectId } from 'mongodb';
import type { CollectionDefinition } from '../mongo/index.ts';
import { count, date, oneOfWords, ordinal, uuid } from '../mongo/schema-parts.ts';

/** A stretch of messages that a member had before they left and came back: numbers above the first, up to the second. */
export interface MembershipPeriod {
  joinedNumber: number;
  leftNumber: number;
}

/** A person in a conversation, now or formerly; one document for each pair of the two. */
export interface MemberDocument {
  _id: ObjectId;
  conversationId: ObjectId;
  userId: string;
  role: 'Owner' | 'Admin' | 'Member';
  joinedAt: Date;
  /** They see messages numbered above this. */
  joinedNumber: number;
  /** Sequence of the event by which they joined. */
  joinedSequence: number;
  /** Null while they take part. */
  leftAt: Date | null;
  /** The last message they see. */
  leftNumber: number | null;
  leftSequence: number | null;
  /** Number of the newest message they have read; only grows. */
  lastReadNumber: number;
  /** Number of the newest message that reached a device of theirs; only grows. Absent: as far as they have read. */
  lastDeliveredNumber?: number;
  /** No notifications before this moment. */
  mutedUntil?: Date;
  /** When they put the conversation away; it stays with the others. */
  archivedAt?: Date;
  /** When they put it on top. */
  pinnedAt?: Date;
  /** They cleared the history: messages with a smaller number are not shown to them any more. */
  hiddenBefore?: number;
  /** Earlier stays, oldest first. */
  earlierPeriods: MembershipPeriod[];
}

const numberOrNull = { bsonType: ['int', 'long', 'null'], minimum: 0 } as const;

/** The collection `members`. */
export const members: CollectionDefinition = {
  name: 'members',
  validator: {
    $jsonSchema: {
      bsonType: 'object',
      required: [
        'conversationId',
        'userId',
        'role',
        'joinedAt',
        'joinedNumber',
        'joinedSequence',
        'leftAt',
        'leftNumber',
        'leftSequence',
        'lastReadNumber',
        'earlierPeriods',
      ],
      properties: {
        conversationId: { bsonType: 'objectId' },
        userId: uuid,
        role: { enum: ['Owner', 'Admin', 'Member'] },
        joinedAt: { bsonType: 'date' },
        joinedNumber: count,
        joinedSequence: ordinal,
        leftAt: { bsonType: ['date', 'null'] },
        leftNumber: numberOrNull,
        leftSequence: numberOrNull,
        lastReadNumber: count,
        lastDeliveredNumber: count,
        mutedUntil: date,
        archivedAt: date,
        pinnedAt: date,
        hiddenBefore: ordinal,
        earlierPeriods: {
          bsonType: 'array',
          maxItems: 100,
          items: { bsonType: 'object', required: ['joinedNumber', 'leftNumber'] },
        },
      },
    },
  },
  indexes: [
    {
      name: 'members_one_per_person',
      key: { conversationId: 1, userId: 1 },
      serves: 'a person in a conversation: every authorisation',
      options: { unique: true },
    },
    {
      name: 'members_in_order',
      key: { conversationId: 1, leftSequence: 1, joinedSequence: 1, userId: 1 },
      serves: 'who takes part, in the order of joining; who succeeds an owner',
    },
    {
      name: 'members_of_person',
      key: { userId: 1, leftSequence: 1, conversationId: 1 },
      serves: 'unread messages over all conversations of a person',
    },
  ],
};

/** How far a message can have come with a member. */
export const RECEIPT_KINDS = ['Read', 'Delivered'] as const;

/** One advance of a watermark: from then on the member had read, or got, everything up to a message. */
export interface ReceiptDocument {
  /**
   * Conversation, user and second, joined by colons: at most one a second and member (decisions, Chats 1). Those of
   * delivery have their kind after the second.
   */
  _id: string;
  conversationId: ObjectId;
  userId: string;
  kind: (typeof RECEIPT_KINDS)[number];
  upTo: number;
  at: Date;
}

/** The collection `receipts`. */
export const receipts: CollectionDefinition = {
  name: 'receipts',
  validator: {
    $jsonSchema: {
      bsonType: 'object',
      required: ['conversationId', 'userId', 'kind', 'upTo', 'at'],
      properties: {
        conversationId: { bsonType: 'objectId' },
        userId: uuid,
        kind: oneOfWords(...RECEIPT_KINDS),
        upTo: ordinal,
        at: { bsonType: 'date' },
      },
    },
  },
  indexes: [
    {
      name: 'receipts_of_member',
      key: { conversationId: 1, kind: 1, userId: 1, upTo: 1 },
      serves: "who has read or got a message and when (specification, messages' index 4); erasure",
    },
  ],
};
