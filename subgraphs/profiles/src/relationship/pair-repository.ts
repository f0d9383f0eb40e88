import type { RelationshipPairDocument } from '@postbook/db/profiles';
import type { MongoTransaction } from '@postbook/service-kit';
import { type Db, MongoServerError } from 'mongodb';

const DUPLICATE_KEY = 11_000;

/** Revisions of pairs. */
export interface PairRepository {
  /** Raises the pair's revision: from now to the end of the transaction no other one changes what is between the two. */
  claim(tx: MongoTransaction, pairKey: string): Promise<number | undefined>;
  /** Makes the pair's document, outside of transactions. Does nothing when it is there. */
  create(pairKey: string): Promise<void>;
}

/** Revisions in `relationship_pairs`. */
export function createPairRepository(db: Db): PairRepository {
  const pairs = db.collection<RelationshipPairDocument>('relationship_pairs');
  return {
    async claim(tx, pairKey) {
      const pair = await pairs.findOneAndUpdate(
        { _id: pairKey },
        { $inc: { revision: 1 }, $set: { updatedAt: new Date() } },
        { session: tx.session, returnDocument: 'after', comment: 'pairs.claim' },
      );
      return pair?.revision;
    },

    async create(pairKey) {
      try {
        await pairs.insertOne({ _id: pairKey, revision: 0, updatedAt: new Date() }, { comment: 'pairs.create' });
      } catch (error) {
        if (!(error instanceof MongoServerError && error.code === DUPLICATE_KEY)) throw error;
      }
    },
  };
}
