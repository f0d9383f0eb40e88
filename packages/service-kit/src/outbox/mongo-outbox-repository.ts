import { type Db, MongoServerError } from 'mongodb';
import type { MongoTransaction } from '../mongo/mongo-transactor.ts';
import type { BusMemory, Outbox, OutboxRepository } from './outbox.ts';

/** The collections and indexes that `db/` must create in every database with an outbox. */
export const MONGO_OUTBOX_INDEXES = {
  /** Serves the relay: what is unpublished, in order; and the purge: what was published. */
  outbox: [
    { name: 'outbox_unpublished', key: { publishedAt: 1, _id: 1 } },
    { name: 'outbox_appended', key: { appendedAt: 1 } },
  ],
} as const;

interface OutboxDocument {
  /** The event's id: UUIDs of version 7 sort by time, so the key is the order. */
  _id: string;
  /** The event as JSON text: it is passed on, never queried. */
  event: string;
  appendedAt: Date;
  /** Null until the bus has taken it. */
  publishedAt: Date | null;
}

interface RelayDocument {
  _id: string;
  owner: string | null;
  until: Date;
  epoch: string | null;
  incarnation: string | null;
}

const RELAY_ID = 'relay';
const DUPLICATE_KEY = 11_000;

/**
 * The outbox of a MongoDB database: collections `outbox` {_id: event id, event, appendedAt, publishedAt} and
 * `outbox_relay` (one document: lease and memory of the bus), with {@link MONGO_OUTBOX_INDEXES}.
 */
export function createMongoOutboxRepository(db: Db): Outbox<MongoTransaction> & OutboxRepository {
  const outbox = db.collection<OutboxDocument>('outbox');
  const relay = db.collection<RelayDocument>('outbox_relay');

  return {
    async append(tx, events) {
      if (events.length === 0) return;
      const appendedAt = new Date();
      await outbox.insertMany(
        events.map((event) => ({ _id: event.eventId, event: JSON.stringify(event), appendedAt, publishedAt: null })),
        { session: tx.session, comment: 'outbox.append' },
      );
    },

    async holdLease(owner, forMs) {
      const now = new Date();
      const until = new Date(now.getTime() + forMs);
      try {
        const result = await relay.updateOne(
          { _id: RELAY_ID, $or: [{ owner }, { owner: null }, { until: { $lt: now } }] },
          { $set: { owner, until }, $setOnInsert: { epoch: null, incarnation: null } },
          { upsert: true, comment: 'outbox.holdLease' },
        );
        return result.matchedCount + result.upsertedCount > 0;
      } catch (error) {
        // The document exists and is somebody else's, so the upsert tried to insert a second one.
        if (error instanceof MongoServerError && error.code === DUPLICATE_KEY) return false;
        throw error;
      }
    },

    async releaseLease(owner) {
      await relay.updateOne({ _id: RELAY_ID, owner }, { $set: { owner: null } }, { comment: 'outbox.releaseLease' });
    },

    async unpublished(limit) {
      const rows = await outbox
        .find(
          { publishedAt: null },
          // What only one member has can still be undone by a failover: nobody may hear of it before.
          { sort: { _id: 1 }, limit, readConcern: { level: 'majority' }, comment: 'outbox.unpublished' },
        )
        .toArray();
      return rows.map((row) => ({ eventId: row._id, body: JSON.parse(row.event) as unknown }));
    },

    async markPublished(eventIds) {
      await outbox.updateMany(
        { _id: { $in: [...eventIds] } },
        { $set: { publishedAt: new Date() } },
        { comment: 'outbox.markPublished' },
      );
    },

    async busMemory(): Promise<BusMemory> {
      const row = await relay.findOne({ _id: RELAY_ID }, { comment: 'outbox.busMemory' });
      return { epoch: row?.epoch ?? null, incarnation: row?.incarnation ?? null };
    },

    async recordBus({ epoch, incarnation }) {
      await relay.updateOne({ _id: RELAY_ID }, { $set: { epoch, incarnation } }, { comment: 'outbox.recordBus' });
    },

    async republishSince(since) {
      const result = await outbox.updateMany(
        { appendedAt: { $gte: since }, publishedAt: { $gt: new Date(0) } },
        { $set: { publishedAt: null } },
        { comment: 'outbox.republishSince' },
      );
      return result.modifiedCount;
    },

    async purgePublished(before, limit) {
      const rows = await outbox
        .find(
          { appendedAt: { $lt: before }, publishedAt: { $gt: new Date(0) } },
          { projection: { _id: 1 }, limit, comment: 'outbox.purgePublished' },
        )
        .toArray();
      if (rows.length === 0) return 0;
      const result = await outbox.deleteMany(
        { _id: { $in: rows.map((row) => row._id) } },
        { comment: 'outbox.purgePublished' },
      );
      return result.deletedCount;
    },

    async backlog() {
      const [pending, oldest] = await Promise.all([
        outbox.countDocuments({ publishedAt: null }, { limit: 100_000, comment: 'outbox.backlog' }),
        outbox.findOne(
          { publishedAt: null },
          { sort: { _id: 1 }, projection: { appendedAt: 1 }, comment: 'outbox.backlog' },
        ),
      ]);
      return { pending, oldest: oldest?.appendedAt ?? null };
    },
  };
}
