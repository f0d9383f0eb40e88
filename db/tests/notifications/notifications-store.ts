import { randomBytes, randomUUID } from 'node:crypto';
import { type Db, type Document, MongoClient, ObjectId } from 'mongodb';
import { migrateMongoDatabase, notificationsDatabase } from '../../src/notifications/index.ts';
import { mongodbUrl } from '../mongo/mongodb-url.ts';

/** A database of notifications of a test file's own. */
export interface NotificationsStore {
  readonly db: Db;
  drop(): Promise<void>;
}

/** Makes a database by its definition. */
export async function openNotificationsStore(): Promise<NotificationsStore> {
  const client = await new MongoClient(mongodbUrl()).connect();
  const db = client.db(`notifications_${randomBytes(6).toString('hex')}`);
  await migrateMongoDatabase(db, notificationsDatabase);
  return {
    db,
    async drop() {
      await db.dropDatabase();
      await client.close();
    },
  };
}

/** So many days from now. */
export const inDays = (days: number): Date => new Date(Date.now() + days * 24 * 60 * 60_000);

/** Documents that fit, one for each collection with rules of its own. */
export const samples = {
  notifications: () => ({
    userId: randomUUID(),
    type: 'Like',
    templateKey: 'LikePost',
    actorIds: [randomUUID()],
    actorCount: 1,
    isRead: false,
    channels: [{ channel: 'InApp', status: 'Sent', attempts: 1 }],
    groupKey: `Like:Post:${new ObjectId().toHexString()}`,
    groupCount: 1,
    expiresAt: inDays(90),
    createdAt: new Date(),
    updatedAt: new Date(),
  }),
  notification_sources: () => {
    const userId = randomUUID();
    return {
      _id: `${userId}:Reaction:Post:${new ObjectId().toHexString()}:${randomUUID()}`,
      userId,
      isActive: true,
      version: 1,
      entities: [`Post:${new ObjectId().toHexString()}`],
      at: new Date(),
      expiresAt: inDays(100),
    };
  },
  deleted_subjects: () => ({
    _id: `Post:${new ObjectId().toHexString()}`,
    deletedAt: new Date(),
    expiresAt: inDays(30),
  }),
  notification_events: () => ({
    userId: randomUUID(),
    sequence: 1,
    kind: 'New',
    notificationId: new ObjectId(),
    at: new Date(),
    expiresAt: inDays(90),
  }),
  notification_heads: () => ({ _id: randomUUID(), sequence: 0, revision: 1 }),
  notification_preferences: () => ({ _id: randomUUID(), switches: [], timeZone: 'UTC', updatedAt: new Date() }),
} as const;

/** The samples with a value in every field that has a rule. */
export const fullSamples: { readonly [Name in keyof typeof samples]: () => Document } = {
  ...samples,
  notifications: () => ({
    ...samples.notifications(),
    relatedEntityType: 'Post',
    relatedEntityId: new ObjectId().toHexString(),
    actionUrl: '/settings/security',
    metadata: { postId: new ObjectId(), conversationId: new ObjectId() },
    readAt: new Date(),
    channels: [{ channel: 'Email', status: 'Failed', attempts: 3, lastAttemptAt: new Date() }],
  }),
  notification_sources: () => ({
    ...samples.notification_sources(),
    actorId: randomUUID(),
    notificationId: new ObjectId(),
    relatedEntityType: 'Post',
    relatedEntityId: new ObjectId().toHexString(),
  }),
  notification_events: () => ({ ...samples.notification_events(), readUpTo: new Date() }),
  notification_preferences: () => ({
    ...samples.notification_preferences(),
    switches: [{ type: 'Like', channel: 'Push', isEnabled: false }],
    quietHours: { from: '22:00', to: '07:00' },
  }),
};
