import type { MediaFileDocument, UploadQuotaDocument } from '@postbook/db/media';
import { fromObjectId, type MongoTransaction, parseObjectId } from '@postbook/service-kit';
import type { Db } from 'mongodb';
import type { ContentKind } from '../content/content-kinds.ts';
import type { MediaFile } from '../media/media.ts';
import { toMediaFile } from '../media/media-repository.ts';

/** How long the count of a day is kept, in milliseconds. */
const QUOTA_KEPT_MS = 3 * 24 * 60 * 60_000;

/** What has come in. */
export interface ReceivedContent {
  readonly id: string;
  readonly content: ContentKind;
  readonly sizeBytes: number;
  readonly storagePath: string;
  readonly at: Date;
  readonly expiresAt: Date;
}

/** What a person has asked to upload. */
export interface UploadUse {
  readonly dailyBytes: number;
  readonly awaitedUploads: number;
}

/** Uploads that are awaited, and how much people upload. */
export function createUploadRepository(db: Db) {
  const files = db.collection<MediaFileDocument>('media_files');
  const quotas = db.collection<UploadQuotaDocument>('upload_quotas');

  return {
    /** What the person's request has made already, with the request's fingerprint. */
    async byRequest(ownerId: string, clientMutationId: string) {
      const found = await files.findOne({ userId: ownerId, clientMutationId }, { comment: 'uploads.byRequest' });
      return found ? { id: fromObjectId(found._id), requestHash: found.requestHash ?? '' } : undefined;
    },

    /**
     * Counts an upload and says how much it makes with all others. Requests of one person meet at the day's document:
     * of two at once the second is counted after the first.
     */
    async count(tx: MongoTransaction, ownerId: string, sizeBytes: number, at: Date): Promise<UploadUse> {
      const { session } = tx;
      const day = await quotas.findOneAndUpdate(
        { _id: `${ownerId}:${at.toISOString().slice(0, 10)}` },
        {
          $inc: { bytes: sizeBytes, files: 1 },
          $setOnInsert: { userId: ownerId, expiresAt: new Date(at.getTime() + QUOTA_KEPT_MS) },
        },
        { upsert: true, returnDocument: 'after', session, comment: 'uploads.count' },
      );
      const awaited = await files
        .find(
          { userId: ownerId, uploadExpiresAt: { $gt: at } },
          { session, projection: { _id: 1 }, limit: 1_001, comment: 'uploads.awaited' },
        )
        .toArray();
      return { dailyBytes: day?.bytes ?? sizeBytes, awaitedUploads: awaited.length + 1 };
    },

    /**
     * Takes content for a file whose upload is awaited and queues it. Of two uploads of one file the first wins.
     *
     * @returns the file, or undefined when its upload is not awaited any more.
     */
    async receive({
      id,
      content,
      sizeBytes,
      storagePath,
      at,
      expiresAt,
    }: ReceivedContent): Promise<MediaFile | undefined> {
      const _id = parseObjectId(id);
      if (!_id) return undefined;
      const received = await files.findOneAndUpdate(
        { _id, isDeleted: false, uploadExpiresAt: { $exists: true } },
        {
          $set: {
            fileName: `${id}.${content.extension}`,
            fileType: content.kind,
            mimeType: content.mimeType,
            fileSize: sizeBytes,
            storagePath,
            queuedAt: at,
            uploadedAt: at,
            updatedAt: at,
            expiresAt,
          },
          $unset: { uploadExpiresAt: '' },
          $inc: { version: 1 },
        },
        { returnDocument: 'after', comment: 'uploads.receive' },
      );
      return received ? toMediaFile(received) : undefined;
    },
  };
}

/** What {@link createUploadRepository} returns. */
export type UploadRepository = ReturnType<typeof createUploadRepository>;
