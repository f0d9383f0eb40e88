import type { MediaFileDocument, MediaReferenceDocument, MediaReferrerDocument } from '@postbook/db/media';
import { applyIfNewer, fromObjectId, type MongoTransaction, parseObjectId, toObjectId } from '@postbook/service-kit';
import { type Db, ObjectId } from 'mongodb';
import type { Referrer } from './referrer.ts';

/** How long it is remembered that something refers to no file, in milliseconds: longer than events can be late. */
const REMEMBERED_MS = 30 * 24 * 60 * 60_000;

/** What refers to files. */
export function createReferenceRepository(db: Db) {
  const files = db.collection<MediaFileDocument>('media_files');
  const references = db.collection<MediaReferenceDocument>('media_references');
  const referrers = db.collection<MediaReferrerDocument>('media_referrers');

  return {
    /** Notes the version of what was told. @returns whether it is the newest so far. */
    async advance(tx: MongoTransaction, referrer: Referrer, now: Date): Promise<boolean> {
      const { entityType, entityId, mediaIds, version } = referrer;
      const key = { _id: `${entityType}:${entityId}` };
      const { session } = tx;
      const isNewest = await applyIfNewer(referrers, {
        key,
        versionField: 'version',
        version,
        set: {},
        session,
        comment: 'references.advance',
      });
      if (!isNewest) return false;
      const forgetAt = new Date(now.getTime() + REMEMBERED_MS);
      const memory = mediaIds.length > 0 ? { $unset: { forgetAt: '' as const } } : { $set: { forgetAt } };
      await referrers.updateOne(key, memory, { session, comment: 'references.remember' });
      return true;
    },

    /** The files that something refers to. */
    async filesOf(tx: MongoTransaction, { entityType, entityId }: Referrer): Promise<string[]> {
      const rows = await references
        .find({ entityType, entityId }, { session: tx.session, comment: 'references.filesOf' })
        .toArray();
      return rows.map(({ mediaId }) => fromObjectId(mediaId));
    },

    /** Those of the files that are a person's and not deleted. */
    async ownedAmong(tx: MongoTransaction, ids: readonly string[], ownerId: string): Promise<string[]> {
      const keys = ids.map(parseObjectId).filter((id) => id !== undefined);
      const rows = await files
        .find(
          { _id: { $in: keys }, userId: ownerId, isDeleted: false },
          { session: tx.session, projection: { _id: 1 }, comment: 'references.ownedAmong' },
        )
        .toArray();
      return rows.map(({ _id }) => fromObjectId(_id));
    },

    /** Adds references. The files are kept from now on. */
    async add(tx: MongoTransaction, { entityType, entityId }: Referrer, ids: readonly string[]): Promise<void> {
      if (ids.length === 0) return;
      const keys = ids.map((id) => toObjectId(id));
      const { session } = tx;
      await references.insertMany(
        keys.map((mediaId) => ({ _id: new ObjectId(), mediaId, entityType, entityId })),
        { session, comment: 'references.add' },
      );
      // Nothing that is deleted is kept: its blobs may be gone already.
      await files.updateMany(
        { _id: { $in: keys }, isDeleted: false },
        { $inc: { usageCount: 1 }, $unset: { expiresAt: '' } },
        { session, comment: 'references.keep' },
      );
    },

    /** Removes references. Files that nothing refers to any more are kept until then. */
    async remove(
      tx: MongoTransaction,
      { entityType, entityId }: Referrer,
      ids: readonly string[],
      keepUntil: Date,
    ): Promise<void> {
      if (ids.length === 0) return;
      const keys = ids.map((id) => toObjectId(id));
      const { session } = tx;
      await references.deleteMany(
        { mediaId: { $in: keys }, entityType, entityId },
        { session, comment: 'references.remove' },
      );
      await files.updateMany(
        { _id: { $in: keys } },
        { $inc: { usageCount: -1 } },
        { session, comment: 'references.count' },
      );
      await files.updateMany(
        { _id: { $in: keys }, usageCount: { $lte: 0 }, isDeleted: false },
        { $set: { expiresAt: keepUntil } },
        { session, comment: 'references.letGo' },
      );
    },
  };
}

/** What {@link createReferenceRepository} returns. */
export type ReferenceRepository = ReturnType<typeof createReferenceRepository>;
