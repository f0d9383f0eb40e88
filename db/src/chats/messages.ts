import type { Document, ObjectId } from 'mongodb';
import type { CollectionDefinition } from '../mongo/index.ts';
import {
  clientId,
  date,
  list,
  object,
  objectId,
  oneOfWords,
  ordinal,
  point,
  positiveNumber,
  requestHash,
  text,
  uuid,
} from '../mongo/schema-parts.ts';

/** What a message is (specification, 1091). */
export type MessageKind = 'Text' | 'Media' | 'File' | 'Voice' | 'Location' | 'Contact' | 'System';

/** The message that another one answers. Its text is not copied: it is read where it can be erased. */
export interface MessageReply {
  messageId: ObjectId;
  senderId: string;
}

/** A place that is shown on a map. GeoJSON: longitude first. */
export interface MessageLocation {
  coordinates: { type: 'Point'; coordinates: [number, number] };
  name?: string;
  address?: string;
}

/** What is shown of a recording before it is fetched. */
export interface MessageVoice {
  /** Seconds. */
  duration: number;
  /** Loudness over time, 0 to 100, for drawing. */
  waveform?: number[];
}

/** A person that a message recommends: one of the network, or somebody's entry of an address book. */
export interface MessageContact {
  userId?: string;
  name?: string;
  phoneNumber?: string;
  email?: string;
}

/**
 * A message (specification, 1064-1175). People are ids only: names and pictures come from `user_cards`. When it was
 * deleted for everyone it is a tombstone: `deletedAt` is set, the text is empty and nothing else of its content is left.
 */
export interface MessageDocument {
  _id: ObjectId;
  conversationId: ObjectId;
  /** 1, 2, 3 … in the conversation, without gaps. */
  number: number;
  /** Of its event in `conversation_events`. */
  sequence: number;
  senderId: string;
  messageType: MessageKind;
  /** At most 5,000 characters; with attachments it is their caption. */
  content: string;
  /** Files of a `Media`, `File` or `Voice` message, in order: ids of media. */
  mediaIds?: ObjectId[];
  replyTo?: MessageReply;
  /** Who is mentioned. */
  mentions?: string[];
  location?: MessageLocation;
  voice?: MessageVoice;
  contact?: MessageContact;
  /** How many reacted with which emoji; changed in the transaction of the reaction. */
  reactionCounts?: Record<string, number>;
  /** When its text changed last; earlier texts are in `message_edits`. */
  editedAt?: Date;
  /** When it was deleted for everyone. */
  deletedAt?: Date;
  deletedById?: string;
  /** The id the sender's device gave it. */
  clientMessageId?: string;
  /** Fingerprint of the request that sent it, if it had a `clientMessageId`. */
  requestHash?: string;
  createdAt: Date;
}

const replyTo = object({ messageId: objectId, senderId: uuid }, ['messageId', 'senderId']);

const location = object({ coordinates: point, name: text(200), address: text(500) }, ['coordinates']);

const voice = object(
  {
    duration: { ...positiveNumber, maximum: 3_600 },
    waveform: list({ bsonType: ['int', 'double'], minimum: 0, maximum: 100 }, 200),
  },
  ['duration'],
);

const contact = {
  ...object({ userId: uuid, name: text(200, 1), phoneNumber: text(20, 1), email: text(255, 3) }),
  oneOf: [{ required: ['userId'] }, { required: ['name'] }],
};

const message = {
  conversationId: objectId,
  number: ordinal,
  sequence: ordinal,
  senderId: uuid,
  messageType: oneOfWords('Text', 'Media', 'File', 'Voice', 'Location', 'Contact', 'System'),
  content: text(5_000),
  mediaIds: list(objectId, 10),
  replyTo,
  mentions: list(uuid, 50),
  location,
  voice,
  contact,
  reactionCounts: object({}),
  editedAt: date,
  deletedAt: date,
  deletedById: uuid,
  clientMessageId: clientId,
  requestHash,
  createdAt: date,
};

/** A message of these types that was not deleted, and what it must have then. */
const live = (types: readonly string[], required: readonly string[], properties: Document = {}): Document => ({
  required: [...required],
  // Absent, that is: a date fails here. The portable subset has no `not`.
  properties: { ...properties, messageType: { enum: [...types] }, deletedAt: { enum: [null] } },
});

/** The collection `messages`. */
export const messages: CollectionDefinition = {
  name: 'messages',
  validator: {
    $jsonSchema: {
      ...object(message, ['conversationId', 'number', 'sequence', 'senderId', 'messageType', 'content', 'createdAt']),
      oneOf: [
        { required: ['deletedAt', 'deletedById'], properties: { content: { maxLength: 0 } } },
        live(['Text'], ['content'], { content: { minLength: 1 } }),
        live(['Media', 'File'], ['mediaIds'], { mediaIds: { minItems: 1 } }),
        live(['Voice'], ['mediaIds', 'voice'], { mediaIds: { minItems: 1, maxItems: 1 } }),
        live(['Location'], ['location']),
        live(['Contact'], ['contact']),
        live(['System'], ['content']),
      ],
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
    {
      name: 'messages_of_sender',
      key: { senderId: 1, createdAt: -1, _id: -1 },
      serves: 'export and erasure (index 2)',
    },
    {
      name: 'messages_words',
      key: { content: 'text' },
      serves: 'search, always with the conversations the reader is in (index 3)',
      options: { default_language: 'none', language_override: '__lang' },
    },
    {
      name: 'messages_mentions',
      key: { mentions: 1, createdAt: -1, _id: -1 },
      serves: 'where a person is mentioned, newest first (index 5)',
    },
    {
      name: 'messages_replies',
      key: { 'replyTo.messageId': 1, number: 1 },
      serves: 'the answers to a message, in order (index 6)',
    },
  ],
};
