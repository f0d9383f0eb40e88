import type { MediaFileDocument, MediaReferenceDocument } from '@postbook/db/media';
import { fromObjectId, type MongoTransaction, toObjectId } from '@postbook/service-kit';
import type { Db } from 'mongodb';
import type { MediaFile } from '../media/media.ts';
import { toMediaFile } from '../media/media-repository.ts';

/** A lower bound tells every planner that the field is there, so that an index of nothing else will do. */
const EVER = new Date(0);

/** Files that are to go, and their end. */
export function createSweepRepository(db: Db) {
  const files = db.collection<MediaFileDocument>('media_files');
  const references = db.collection<MediaReferenceDocument>('media_references');

  return {
    /**
     * Up to `limit` files whose time is over. From now on nobody sees them, and nothing that refers to one late saves it:
     * its blobs may be gone already.
     */
    async claimExpired(now: Date, limit: number): Promise<string[]> {
      const rows = await files
        .find(
          { expiresAt: { $gte: EVER, $lte: now } },
          { projection: { _id: 1 }, sort: { expiresAt: 1 }, limit, comment: 'sweep.expired' },
        )
        .toArray();
      const ids = rows.map(({ _id }) => _id);
      if (ids.length === 0) return [];
      await files.updateMany(
        { _id: { $in: ids }, expiresAt: { $lte: now }, isDeleted: false },
        { $set: { isDeleted: true, deletedAt: now }, $unset: { queuedAt: '' } },
        { comment: 'sweep.claim' },
      );
      const claimed = await files
        .find({ _id: { $in: ids }, isDeleted: true }, { projection: { _id: 1 }, comment: 'sweep.claimed' })
        .toArray();
      return claimed.map(({ _id }) => fromObjectId(_id));
    },

    /** Hides all files of a person and leaves them to the sweep. */
    async expireAllOf(ownerId: string, now: Date): Promise<void> {
      await files.updateMany(
        { userId: ownerId, expiresAt: { $not: { $lte: now } } },
        { $set: { isDeleted: true, deletedAt: now, expiresAt: now }, $unset: { queuedAt: '' } },
        { comment: 'sweep.expireAllOf' },
      );
    },

    /** Up to `limit` files of a person. */
    async ofOwner(ownerId: string, limit: number): Promise<MediaFile[]> {
      return (await files.find({ userId: ownerId }, { limit, comment: 'sweep.ofOwner' }).toArray()).map(toMediaFile);
    },

    /** Removes rows whose blobs are gone, and what referred to them. */
    async remove(tx: MongoTransaction, ids: readonly string[]): Promise<void> {
      const keys = ids.map((id) => toObjectId(id));
      const { session } = tx;
      await files.deleteMany({ _id: { $in: keys } }, { session, comment: 'sweep.remove' });
      await references.deleteMany({ mediaId: { $in: keys } }, { session, comment: 'sweep.removeReferences' });
    },

    /** Removes what is kept of how much a person uploaded. */
    async removeQuotas(tx: MongoTransaction, ownerId: string): Promise<void> {
      await db
        .collection('upload_quotas')
        .deleteMany({ userId: ownerId }, { session: tx.session, comment: 'sweep.removeQuotas' });
    },
  };
}

/** What {@link createSweepRepository} returns. */
export type SweepRepository = ReturnType<typeof createSweepRepository>;
