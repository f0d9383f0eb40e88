import type { NotificationEventDocument } from '@postbook/db/notifications';
import { fromObjectId, type MongoTransaction, toObjectId } from '@postbook/service-kit';
import { type Db, ObjectId } from 'mongodb';
import { changeExpiryOf } from '../notification/notification.ts';
import type { Change } from './change.ts';

function toChange(document: NotificationEventDocument): Change {
  const { userId, sequence, kind, notificationId, readUpTo, at } = document;
  if (kind === 'AllRead') return { kind, userId, sequence, readUpTo: readUpTo ?? at };
  return { kind, userId, sequence, notificationId: notificationId ? fromObjectId(notificationId) : '' };
}

/** The changes of people's notifications, in order: collection `notification_events`. */
export function createChangeRepository(db: Db) {
  const changes = db.collection<NotificationEventDocument>('notification_events');
  return {
    async insert(tx: MongoTransaction, added: readonly Change[], at: Date): Promise<void> {
      await changes.insertMany(
        added.map((change) => ({
          _id: new ObjectId(),
          userId: change.userId,
          sequence: change.sequence,
          kind: change.kind,
          ...(change.kind === 'AllRead'
            ? { readUpTo: change.readUpTo }
            : { notificationId: toObjectId(change.notificationId) }),
          at,
          expiresAt: changeExpiryOf(at),
        })),
        { session: tx.session, comment: 'changes.insert' },
      );
    },

    /** Up to `limit` changes of a person's with a higher sequence, lowest first. */
    async after(userId: string, sequence: number, limit: number): Promise<Change[]> {
      const rows = await changes
        .find({ userId, sequence: { $gt: sequence } }, { sort: { sequence: 1 }, limit, comment: 'changes.after' })
        .toArray();
      return rows.map(toChange);
    },

    /** Deletes all of a person's. @returns how many. */
    async erase(userId: string, tx?: MongoTransaction): Promise<number> {
      const { deletedCount } = await changes.deleteMany(
        { userId },
        { ...(tx ? { session: tx.session } : {}), comment: 'changes.erase' },
      );
      return deletedCount;
    },
  };
}

/** What {@link createChangeRepository} returns. */
export type ChangeRepository = ReturnType<typeof createChangeRepository>;
