import type { NotificationHeadDocument } from '@postbook/db/notifications';
import type { MongoTransaction } from '@postbook/service-kit';
import type { Db } from 'mongodb';

/** Where people's notifications stand: collection `notification_heads`. */
export function createHeadRepository(db: Db) {
  const heads = db.collection<NotificationHeadDocument>('notification_heads');
  return {
    /**
     * Takes the people's notifications for this transaction: of two that take somebody's, one starts again. To be called
     * first, so that what is read afterwards is what the winner left.
     *
     * @returns the sequence of each one's newest change.
     */
    async claim(tx: MongoTransaction, userIds: readonly string[]): Promise<Map<string, number>> {
      // In one order for all, so that two which take several people's don't wait for each other.
      const inOrder = [...new Set(userIds)].sort();
      await heads.bulkWrite(
        inOrder.map((_id) => ({
          updateOne: {
            filter: { _id },
            update: { $inc: { revision: 1 }, $setOnInsert: { sequence: 0 } },
            upsert: true,
          },
        })),
        { session: tx.session, comment: 'heads.claim' },
      );
      const rows = await heads
        .find({ _id: { $in: inOrder } }, { session: tx.session, comment: 'heads.claimed' })
        .toArray();
      return new Map(rows.map(({ _id, sequence }) => [_id, sequence]));
    },

    async advance(tx: MongoTransaction, sequences: ReadonlyMap<string, number>): Promise<void> {
      await heads.bulkWrite(
        [...sequences].map(([_id, sequence]) => ({ updateOne: { filter: { _id }, update: { $set: { sequence } } } })),
        { session: tx.session, comment: 'heads.advance' },
      );
    },

    /** The sequence of each person's newest change; people without any are left out. */
    async sequencesOf(userIds: readonly string[]): Promise<Map<string, number>> {
      const rows = await heads.find({ _id: { $in: [...userIds] } }, { comment: 'heads.sequencesOf' }).toArray();
      return new Map(rows.map(({ _id, sequence }) => [_id, sequence]));
    },

    async erase(userId: string, tx: MongoTransaction): Promise<void> {
      await heads.deleteOne({ _id: userId }, { session: tx.session, comment: 'heads.erase' });
    },
  };
}

/** What {@link createHeadRepository} returns. */
export type HeadRepository = ReturnType<typeof createHeadRepository>;
