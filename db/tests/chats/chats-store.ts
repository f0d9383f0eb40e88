import { randomBytes, randomUUID } from 'node:crypto';
import { type Db, MongoClient, ObjectId } from 'mongodb';
import { chatsDatabase, migrateMongoDatabase } from '../../src/chats/index.ts';
import { mongodbUrl } from '../mongo/mongodb-url.ts';

/** A database of chats of a test file's own. */
export interface ChatsStore {
  readonly db: Db;
  drop(): Promise<void>;
}

/** Makes a database by its definition. */
export async function openChatsStore(): Promise<ChatsStore> {
  const client = await new MongoClient(mongodbUrl()).connect();
  const db = client.db(`chats_${randomBytes(6).toString('hex')}`);
  await migrateMongoDatabase(db, chatsDatabase);
  return {
    db,
    async drop() {
      await db.dropDatabase();
      await client.close();
    },
  };
}

/** Documents that fit, one for each collection with rules of its own; `change` replaces fields. */
export const samples = {
  conversations: () => ({
    _id: new ObjectId(),
    type: 'Group',
    name: 'Friends',
    createdById: randomUUID(),
    memberIds: [randomUUID(), randomUUID()],
    messageNumber: 0,
    sequence: 1,
    createdAt: new Date(),
    lastActivityAt: new Date(),
  }),
  direct_conversations: () => ({
    _id: [randomUUID(), randomUUID()].sort().join(':'),
    conversationId: new ObjectId(),
    createdAt: new Date(),
  }),
  members: () => ({
    conversationId: new ObjectId(),
    userId: randomUUID(),
    role: 'Member',
    joinedAt: new Date(),
    joinedNumber: 0,
    joinedSequence: 1,
    leftAt: null as Date | null,
    leftNumber: null as number | null,
    leftSequence: null as number | null,
    lastReadNumber: 0,
    earlierPeriods: [],
  }),
  receipts: () => ({
    _id: randomUUID(),
    conversationId: new ObjectId(),
    userId: randomUUID(),
    kind: 'Read',
    upTo: 1,
    at: new Date(),
  }),
  messages: () => ({
    conversationId: new ObjectId(),
    number: 1,
    sequence: 2,
    senderId: randomUUID(),
    messageType: 'Text',
    content: 'Hello',
    createdAt: new Date(),
  }),
  conversation_events: () => ({
    conversationId: new ObjectId(),
    sequence: 1,
    kind: 'MessageSent',
    messageId: new ObjectId(),
    at: new Date(),
  }),
  user_cards: () => ({ _id: randomUUID(), username: 'ada', usernameVersion: 1 }),
  relations: () => ({
    _id: randomUUID(),
    kind: 'Block',
    fromUserId: randomUUID(),
    toUserId: randomUUID(),
    isActive: true,
    version: 1,
  }),
  privacy_settings: () => ({ _id: randomUUID(), allowMessages: 'Friends', version: 1 }),
} as const;
