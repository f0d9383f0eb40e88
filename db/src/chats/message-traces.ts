import type { ObjectId } from 'mongodb';
import type { CollectionDefinition } from '../mongo/index.ts';
import { date, list, object, objectId, ordinal, text, uuid } from '../mongo/schema-parts.ts';

/** Somebody's reaction to a message: one per person and message, another emoji replaces it. */
export interface MessageReactionDocument {
  _id: ObjectId;
  conversationId: ObjectId;
  messageId: ObjectId;
  userId: string;
  emoji: string;
  createdAt: Date;
}

const reaction = {
  conversationId: objectId,
  messageId: objectId,
  userId: uuid,
  // One that is shown: a family with skin tones takes a dozen characters and more.
  emoji: text(32, 1),
  createdAt: date,
};

/** The collection `message_reactions` (decisions, Chats 5). Shard key: `conversationId`. */
export const messageReactions: CollectionDefinition = {
  name: 'message_reactions',
  validator: { $jsonSchema: object(reaction, Object.keys(reaction)) },
  indexes: [
    {
      name: 'message_reactions_one_per_person',
      key: { conversationId: 1, messageId: 1, userId: 1 },
      serves: 'the own reactions to a page of messages; one reaction per person and message',
      options: { unique: true },
    },
    {
      name: 'message_reactions_in_order',
      key: { conversationId: 1, messageId: 1, createdAt: -1, _id: -1 },
      serves: 'who reacted to a message, newest first',
    },
    {
      name: 'message_reactions_of_person',
      key: { userId: 1, createdAt: -1, _id: -1 },
      serves: 'export and erasure',
    },
  ],
};

/** Somebody deleted a message for themselves: the others still see it. */
export interface MessageDeletionDocument {
  _id: ObjectId;
  conversationId: ObjectId;
  messageId: ObjectId;
  /** The message's number, by which a page of history knows its gaps. */
  number: number;
  userId: string;
  deletedAt: Date;
}

const deletion = { conversationId: objectId, messageId: objectId, number: ordinal, userId: uuid, deletedAt: date };

/** The collection `message_deletions` (decisions, Chats 5 and 6). Shard key: `conversationId`. */
export const messageDeletions: CollectionDefinition = {
  name: 'message_deletions',
  validator: { $jsonSchema: object(deletion, Object.keys(deletion)) },
  indexes: [
    {
      name: 'message_deletions_once',
      key: { conversationId: 1, userId: 1, number: 1 },
      serves: 'what a page of history leaves out for a reader; once per person and message',
      options: { unique: true },
    },
    { name: 'message_deletions_of_person', key: { userId: 1, _id: 1 }, serves: 'export and erasure' },
  ],
};

/** A text that a message had before it was edited. Goes when the message is deleted for everyone. */
export interface MessageEditDocument {
  _id: ObjectId;
  conversationId: ObjectId;
  messageId: ObjectId;
  /** 1 for the text that was sent first. */
  revision: number;
  content: string;
  mentions?: string[];
  /** When another text took its place. */
  replacedAt: Date;
}

const edit = {
  conversationId: objectId,
  messageId: objectId,
  revision: ordinal,
  content: text(5_000),
  mentions: list(uuid, 50),
  replacedAt: date,
};

/** The collection `message_edits` (decisions, Chats 6). Shard key: `conversationId`. */
export const messageEdits: CollectionDefinition = {
  name: 'message_edits',
  validator: {
    $jsonSchema: object(edit, ['conversationId', 'messageId', 'revision', 'content', 'replacedAt']),
  },
  indexes: [
    {
      name: 'message_edits_in_order',
      key: { conversationId: 1, messageId: 1, revision: 1 },
      serves: 'the history of a message, oldest first; erasing it; no revision twice',
      options: { unique: true },
    },
  ],
};
