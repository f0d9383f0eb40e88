import type { NotificationHeadDocument } from '@postbook/db/notifications';
import type { MongoTransaction } from '@postbook/service-kit';
import type { Db } from 'mongodb';

/** Where people's notifications stand: collection `notification_heads`. */
export function createHeadRepository(db: Db) {
  const heads = db.collection<NotificationHeadDocument>('notification_heads');
  return {
    /**
     * Takes the person's notifications for this transaction: of two that do, one starts again. To be called first, so
     * that what is read afterwards is what the winner left.
     *
     * @returns the sequence of the newest change.
     */
    async claim(tx: MongoTransaction, userId: string): Promise<number> {
      const head = await heads.findOneAndUpdate(
        { _id: userId },
        { $inc: { revision: 1 }, $setOnInsert: { sequence: 0 } },
        { upsert: true, returnDocument: 'after', session: tx.session, comment: 'heads.claim' },
      );
      return head?.sequence ?? 0;
    },

    async advance(tx: MongoTransaction, userId: string, sequence: number): Promise<void> {
      await heads.updateOne({ _id: userId }, { $set: { sequence } }, { session: tx.session, comment: 'heads.advance' });
    },

    /** The sequence of each person's newest change; people without any are left out. */
    async sequencesOf(userIds: readonly string[]): Promise<Map<string, number>> {
      const rows = await heads.find({ _id: { $in: [...userIds] } }, { comment: 'heads.sequencesOf' }).toArray();
      return new Map(rows.map(({ _id, sequence }) => [_id, sequence]));
    },

    async erase(userId: string): Promise<void> {
      await heads.deleteOne({ _id: userId }, { comment: 'heads.erase' });
    },
  };
}

/** What {@link createHeadRepository} returns. */
export type HeadRepository = ReturnType<typeof createHeadRepository>;
