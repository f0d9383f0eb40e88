import type { Db } from 'mongodb';
import type { MongoTransaction } from '../mongo/mongo-transactor.ts';
import type { Inbox, InboxRepository } from './inbox.ts';

/** The index that `db/` must create in every database with an inbox; it serves the purge. */
export const MONGO_INBOX_INDEXES = { inbox: [{ name: 'inbox_received', key: { receivedAt: 1 } }] } as const;

interface InboxDocument {
  /** Consumer and event id, joined by a colon. */
  _id: string;
  receivedAt: Date;
}

/** The inbox of a MongoDB database: collection `inbox` {_id: `consumer:eventId`, receivedAt}. */
export function createMongoInboxRepository(db: Db): Inbox<MongoTransaction> & InboxRepository {
  const inbox = db.collection<InboxDocument>('inbox');
  return {
    async record(tx, consumer, eventIds) {
      const receivedAt = new Date();
      // Upserts and not inserts: a duplicate key would end the transaction.
      const { upsertedIds } = await inbox.bulkWrite(
        eventIds.map((eventId) => ({
          updateOne: {
            filter: { _id: `${consumer}:${eventId}` },
            update: { $setOnInsert: { receivedAt } },
            upsert: true,
          },
        })),
        { session: tx.session, comment: 'inbox.record' },
      );
      return new Set(Object.keys(upsertedIds).map((index) => eventIds[Number(index)] ?? ''));
    },

    async purge(before, limit) {
      const rows = await inbox
        .find({ receivedAt: { $lt: before } }, { projection: { _id: 1 }, limit, comment: 'inbox.purge' })
        .toArray();
      if (rows.length === 0) return 0;
      return (await inbox.deleteMany({ _id: { $in: rows.map((row) => row._id) } }, { comment: 'inbox.purge' }))
        .deletedCount;
    },
  };
}
