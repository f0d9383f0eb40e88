import type { ReceiptDocument } from '@postbook/db/chats';
import { type MongoTransaction, toObjectId } from '@postbook/service-kit';
import type { Db } from 'mongodb';
import type { MemberRef } from '../conversation/conversation.ts';

/** When members read up to where: one row for each second in which a watermark moved. */
export function createReceiptRepository(db: Db) {
  const receipts = db.collection<ReceiptDocument>('receipts');
  return {
    async record(tx: MongoTransaction, { conversationId, userId }: MemberRef, upTo: number, at: Date): Promise<void> {
      const second = Math.floor(at.getTime() / 1000);
      await receipts.updateOne(
        { _id: `${conversationId}:${userId}:${second}` },
        {
          $max: { upTo },
          $setOnInsert: { conversationId: toObjectId(conversationId), userId, kind: 'Read', at },
        },
        { upsert: true, session: tx.session, comment: 'receipts.record' },
      );
    },
  };
}

/** What {@link createReceiptRepository} returns. */
export type ReceiptRepository = ReturnType<typeof createReceiptRepository>;
