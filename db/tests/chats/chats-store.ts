import { randomBytes, randomUUID } from 'node:crypto';
import { type Db, type Document, Double, MongoClient, ObjectId } from 'mongodb';
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
  message_reactions: () => ({
    conversationId: new ObjectId(),
    messageId: new ObjectId(),
    userId: randomUUID(),
    emoji: '👍',
    createdAt: new Date(),
  }),
  message_deletions: () => ({
    conversationId: new ObjectId(),
    messageId: new ObjectId(),
    number: 1,
    userId: randomUUID(),
    deletedAt: new Date(),
  }),
  message_edits: () => ({
    conversationId: new ObjectId(),
    messageId: new ObjectId(),
    revision: 1,
    content: 'Helo',
    replacedAt: new Date(),
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

/** What each type of message has besides what all have. */
export const ofType: Readonly<Record<string, () => Document>> = {
  Text: () => ({ messageType: 'Text' }),
  Media: () => ({ messageType: 'Media', content: '', mediaIds: [new ObjectId()] }),
  File: () => ({ messageType: 'File', content: '', mediaIds: [new ObjectId()] }),
  Voice: () => ({
    messageType: 'Voice',
    content: '',
    mediaIds: [new ObjectId()],
    voice: { duration: 3.5, waveform: [0, 50, 100] },
  }),
  Location: () => ({
    messageType: 'Location',
    content: '',
    location: {
      coordinates: { type: 'Point', coordinates: [new Double(16.37), new Double(48.21)] },
      name: 'Stephansplatz',
      address: '1010 Wien',
    },
  }),
  Contact: () => ({ messageType: 'Contact', content: '', contact: { userId: randomUUID() } }),
  System: () => ({ messageType: 'System', content: '' }),
};

/** The samples with a value in every field that has a rule. */
export const fullSamples: Partial<Record<keyof typeof samples, () => Document>> = {
  conversations: () => ({
    ...samples.conversations(),
    description: 'Old ones',
    avatarMediaId: new ObjectId(),
    isDiscoverable: true,
    showsEarlierMessages: false,
    messageRequest: { fromUserId: randomUUID(), status: 'Accepted', answeredAt: new Date() },
    clientMutationId: randomUUID(),
    requestHash: 'h'.repeat(43),
  }),
  members: () => ({
    ...samples.members(),
    leftAt: new Date(),
    leftNumber: 9,
    leftSequence: 9,
    lastDeliveredNumber: 9,
    mutedUntil: new Date(),
    archivedAt: new Date(),
    pinnedAt: new Date(),
    hiddenBefore: 5,
    earlierPeriods: [{ joinedNumber: 0, leftNumber: 3 }],
  }),
  messages: () => ({
    ...samples.messages(),
    mediaIds: [new ObjectId()],
    replyTo: { messageId: new ObjectId(), senderId: randomUUID() },
    mentions: [randomUUID()],
    location: ofType.Location?.().location,
    voice: { duration: 3.5, waveform: [0, 50, 100] },
    contact: { name: 'Ada', phoneNumber: '+43 1', email: 'a@b.c' },
    reactionCounts: { '👍': 1 },
    editedAt: new Date(),
    clientMessageId: randomUUID(),
    requestHash: 'h'.repeat(43),
  }),
  message_edits: () => ({ ...samples.message_edits(), mentions: [randomUUID()] }),
  conversation_events: () => ({ ...samples.conversation_events(), userId: randomUUID() }),
};
