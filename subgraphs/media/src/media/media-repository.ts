import type { MediaFileDocument } from '@postbook/db/media';
import {
  fromObjectId,
  type MongoTransaction,
  type Page,
  type PageRequest,
  parseObjectId,
  type TimeKey,
  toObjectId,
  toPage,
} from '@postbook/service-kit';
import { type Db, type Filter, ObjectId } from 'mongodb';
import type { Category, FileType, MediaFile } from './media.ts';

/** A file to be. */
export interface NewMediaFile {
  readonly id: string;
  readonly ownerId: string;
  readonly category: Category;
  readonly kind: FileType;
  readonly mimeType: string;
  readonly extension: string;
  readonly sizeBytes: number;
  readonly originalName: string;
  readonly altText: string | undefined;
  readonly description: string | undefined;
  readonly tags: readonly string[];
  readonly storageProvider: 'Local' | 'S3';
  readonly storagePath: string;
  readonly at: Date;
  /** Until when its upload is awaited; absent when the content is in already. */
  readonly uploadExpiresAt?: Date;
  readonly expiresAt: Date;
  readonly request?: { readonly clientMutationId: string; readonly requestHash: string } | undefined;
}

/** Texts that an owner may change. Null empties one; absent ones stay. */
export interface TextChanges {
  readonly altText?: string | null;
  readonly description?: string | null;
  readonly tags?: readonly string[];
}

/** Which of a person's files to list. */
export interface MediaFilter {
  readonly kind?: FileType | undefined;
  readonly category?: Category | undefined;
}

/** Less than this is not worth a write, in milliseconds. */
const KEEP_STEP_MS = 60 * 60_000;

/** A new file's id. */
export const newMediaId = (): string => new ObjectId().toHexString();

/** The stored document as the rest of the service knows it. */
export const toMediaFile = (stored: MediaFileDocument): MediaFile => ({
  id: fromObjectId(stored._id),
  ownerId: stored.userId,
  kind: stored.fileType,
  category: stored.category,
  status: stored.processingStatus,
  mimeType: stored.mimeType,
  sizeBytes: stored.fileSize,
  width: stored.dimensions?.width ?? null,
  height: stored.dimensions?.height ?? null,
  aspectRatio: stored.dimensions?.aspectRatio ?? null,
  duration: stored.duration ?? null,
  blurPlaceholder: stored.blurPlaceholder ?? null,
  altText: stored.altText ?? null,
  description: stored.description ?? null,
  tags: stored.tags,
  originalName: stored.originalFileName,
  storagePath: stored.storagePath,
  variants: stored.variants ?? [],
  isPublic: stored.isPublic,
  isDeleted: stored.isDeleted,
  expiresAt: stored.expiresAt ?? null,
  uploadExpiresAt: stored.uploadExpiresAt ?? null,
  uploadedAt: stored.uploadedAt,
  problem: stored.processingError ?? null,
  processingStartedAt: stored.processingStartedAt ?? null,
  processingAttempts: stored.processingAttempts,
  version: stored.version,
});

const toDocument = (file: NewMediaFile): MediaFileDocument => ({
  _id: toObjectId(file.id),
  userId: file.ownerId,
  fileName: `${file.id}.${file.extension}`,
  originalFileName: file.originalName,
  fileType: file.kind,
  mimeType: file.mimeType,
  fileSize: file.sizeBytes,
  storageProvider: file.storageProvider,
  storagePath: file.storagePath,
  ...(file.altText === undefined ? {} : { altText: file.altText }),
  ...(file.description === undefined ? {} : { description: file.description }),
  category: file.category,
  tags: [...file.tags],
  processingStatus: 'Pending',
  processingAttempts: 0,
  ...(file.uploadExpiresAt ? { uploadExpiresAt: file.uploadExpiresAt } : { queuedAt: file.at }),
  usageCount: 0,
  isPublic: file.category === 'profile',
  expiresAt: file.expiresAt,
  isDeleted: false,
  uploadedAt: file.at,
  updatedAt: file.at,
  version: 1,
  ...file.request,
});

/** Files as their owners know them. Uploads, processing and the sweep have repositories of their own. */
export function createMediaRepository(db: Db) {
  const files = db.collection<MediaFileDocument>('media_files');
  return {
    async insert(tx: MongoTransaction, file: NewMediaFile): Promise<MediaFile> {
      const document = toDocument(file);
      await files.insertOne(document, { session: tx.session, comment: 'files.insert' });
      return toMediaFile(document);
    },

    /** Those that exist, deleted ones included, in no order. Ids that are none are left out. */
    async byIds(ids: readonly string[]): Promise<MediaFile[]> {
      const keys = ids.map(parseObjectId).filter((id) => id !== undefined);
      if (keys.length === 0) return [];
      return (await files.find({ _id: { $in: keys } }, { comment: 'files.byIds' }).toArray()).map(toMediaFile);
    },

    /** A person's files, newest first, deleted ones left out. */
    async page(ownerId: string, filter: MediaFilter, request: PageRequest<TimeKey>): Promise<Page<MediaFile>> {
      const { cursor, direction, limit } = request;
      const isForward = direction === 'forward';
      const [past, upTo] = isForward ? (['$lt', '$lte'] as const) : (['$gt', '$gte'] as const);
      const query: Filter<MediaFileDocument> = {
        userId: ownerId,
        isDeleted: false,
        ...(filter.kind === undefined ? {} : { fileType: filter.kind }),
        ...(filter.category === undefined ? {} : { category: filter.category }),
      };
      if (cursor) {
        query.uploadedAt = { [upTo]: cursor.at };
        query.$or = [
          { uploadedAt: { [past]: cursor.at } },
          { _id: { [past]: toObjectId(cursor.id) } },
        ] as Filter<MediaFileDocument>[];
      }
      const order = isForward ? -1 : 1;
      // Left to itself a planner may walk an index over everybody's files of a kind.
      const hint =
        filter.kind !== undefined
          ? 'media_files_person_type'
          : filter.category !== undefined
            ? 'media_files_person_category'
            : 'media_files_active';
      const rows = await files
        .find(query, { sort: { uploadedAt: order, _id: order }, limit: limit + 1, hint, comment: 'files.page' })
        .toArray();
      return toPage(rows.map(toMediaFile), limit);
    },

    /** Changes texts of an own file. @returns it, or undefined when the person has none with this id. */
    async updateTexts(id: string, ownerId: string, changes: TextChanges, at: Date): Promise<MediaFile | undefined> {
      const _id = parseObjectId(id);
      if (!_id) return undefined;
      const set = Object.entries(changes).filter(([, value]) => value !== null && value !== undefined);
      const unset = Object.entries(changes).filter(([, value]) => value === null);
      const updated = await files.findOneAndUpdate(
        { _id, userId: ownerId, isDeleted: false },
        {
          $set: { ...Object.fromEntries(set), updatedAt: at },
          ...(unset.length > 0 ? { $unset: Object.fromEntries(unset.map(([field]) => [field, ''])) } : {}),
        },
        { returnDocument: 'after', comment: 'files.updateTexts' },
      );
      return updated ? toMediaFile(updated) : undefined;
    },

    /** Hides an own file from everybody and leaves it to the sweep. @returns it, or undefined when there is none. */
    async markDeleted(tx: MongoTransaction, id: string, ownerId: string, at: Date): Promise<MediaFile | undefined> {
      const _id = parseObjectId(id);
      if (!_id) return undefined;
      const updated = await files.findOneAndUpdate(
        { _id, userId: ownerId, isDeleted: false },
        {
          $set: { isDeleted: true, deletedAt: at, expiresAt: at, updatedAt: at },
          $unset: { queuedAt: '' },
          $inc: { version: 1 },
        },
        { returnDocument: 'after', session: tx.session, comment: 'files.markDeleted' },
      );
      return updated ? toMediaFile(updated) : undefined;
    },

    /**
     * Keeps those files that would be swept before then until then, since somebody is about to attach them. Done before
     * they are read: a file that was read as attachable is.
     */
    async keepUntil(ids: readonly string[], now: Date, until: Date): Promise<void> {
      const keys = ids.map(parseObjectId).filter((id) => id !== undefined);
      if (keys.length === 0) return;
      const before = new Date(until.getTime() - KEEP_STEP_MS);
      await files.updateMany(
        { _id: { $in: keys }, processingStatus: 'Completed', isDeleted: false, expiresAt: { $gt: now, $lt: before } },
        { $set: { expiresAt: until } },
        { comment: 'files.keepUntil' },
      );
    },
  };
}

/** What {@link createMediaRepository} returns. */
export type MediaRepository = ReturnType<typeof createMediaRepository>;
