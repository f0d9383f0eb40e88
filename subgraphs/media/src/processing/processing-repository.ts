import type { MediaFileDocument, StoredVariant } from '@postbook/db/media';
import { fromObjectId, type MongoTransaction, toObjectId } from '@postbook/service-kit';
import type { Db, Filter, UpdateFilter } from 'mongodb';
import type { MediaFile } from '../media/media.ts';
import { toMediaFile } from '../media/media-repository.ts';
import { PATHS } from '../serving/media-urls.ts';
import { aspectRatioOf, type ContentFacts } from './processed-content.ts';

/** A file that a process works on; it holds it by the moment at which it began. */
export interface Claim {
  readonly file: MediaFile;
  readonly startedAt: Date;
}

/** What came of processing. */
export interface ProcessingResult {
  readonly storagePath: string;
  readonly variants: readonly StoredVariant[];
  readonly facts: ContentFacts;
}

/** A lower bound tells every planner that the field is there, so that an index of nothing else will do. */
const EVER = new Date(0);

const definedOnly = (values: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

function toFields(file: MediaFile, { storagePath, variants, facts }: ProcessingResult) {
  const { width, height, duration, bitrate, codec, blurPlaceholder, exifData } = facts;
  const dimensions = width && height ? { width, height, aspectRatio: aspectRatioOf(width, height) } : undefined;
  const pathOf = (name: string) =>
    file.isPublic && variants.some((variant) => variant.name === name)
      ? `${PATHS.public.slice(1)}${file.id}/${name}`
      : undefined;
  const urls = { url: pathOf('large') ?? pathOf('original'), thumbnailUrl: pathOf('thumbnail') };
  return definedOnly({
    storagePath,
    variants,
    dimensions,
    duration,
    bitrate,
    codec,
    blurPlaceholder,
    exifData,
    ...urls,
  });
}

/**
 * Files on their way through processing. Every write but the claim names the claim it belongs to: a process that was
 * taken for dead and comes back changes nothing any more.
 */
export function createProcessingRepository(db: Db) {
  const files = db.collection<MediaFileDocument>('media_files');

  const heldBy = ({ file, startedAt }: Claim): Filter<MediaFileDocument> => ({
    _id: toObjectId(file.id),
    processingStatus: 'Processing',
    processingStartedAt: startedAt,
  });

  async function change(
    filter: Filter<MediaFileDocument>,
    update: UpdateFilter<MediaFileDocument>,
    comment: string,
    tx?: MongoTransaction,
  ) {
    const options = { returnDocument: 'after', comment, ...(tx ? { session: tx.session } : {}) } as const;
    const changed = await files.findOneAndUpdate(filter, update, options);
    return changed ? toMediaFile(changed) : undefined;
  }

  return {
    /** Up to `limit` files whose turn it is, oldest first. */
    async waiting(now: Date, limit: number): Promise<string[]> {
      const rows = await files
        .find(
          { queuedAt: { $gte: EVER, $lte: now } },
          { projection: { _id: 1 }, sort: { queuedAt: 1 }, limit, comment: 'processing.waiting' },
        )
        .toArray();
      return rows.map(({ _id }) => fromObjectId(_id));
    },

    /** Takes a file that waits. Of several processes one gets it. */
    async claim(id: string, now: Date): Promise<Claim | undefined> {
      const file = await change(
        { _id: toObjectId(id), queuedAt: { $lte: now }, isDeleted: false },
        {
          $set: { processingStatus: 'Processing', processingStartedAt: now, updatedAt: now },
          $inc: { processingAttempts: 1, version: 1 },
          $unset: { queuedAt: '' },
        },
        'processing.claim',
      );
      return file && { file, startedAt: now };
    },

    /** @returns the file, or undefined when the claim was lost or the file deleted. */
    complete: (tx: MongoTransaction, claim: Claim, result: ProcessingResult, now: Date) =>
      change(
        { ...heldBy(claim), isDeleted: false },
        {
          $set: {
            ...toFields(claim.file, result),
            processingStatus: 'Completed',
            processingCompletedAt: now,
            updatedAt: now,
          },
          $unset: { processingError: '' },
          $inc: { version: 1 },
        },
        'processing.complete',
        tx,
      ),

    /** @returns the file, or undefined when the claim was lost or the file deleted. */
    fail: (tx: MongoTransaction, claim: Claim, problem: string, now: Date) =>
      change(
        { ...heldBy(claim), isDeleted: false },
        {
          $set: { processingStatus: 'Failed', processingError: problem, processingCompletedAt: now, updatedAt: now },
          $inc: { version: 1 },
        },
        'processing.fail',
        tx,
      ),

    /** Whether the file still is: it may have been deleted and swept while it was worked on. */
    async isThere(id: string): Promise<boolean> {
      const found = await files.findOne(
        { _id: toObjectId(id), isDeleted: false },
        { projection: { _id: 1 }, comment: 'processing.isThere' },
      );
      return found !== null;
    },

    /** Lets a file wait for another try. */
    requeue: (claim: Claim, queuedAt: Date) =>
      change(
        { ...heldBy(claim), isDeleted: false },
        { $set: { processingStatus: 'Pending', queuedAt }, $inc: { version: 1 } },
        'processing.requeue',
      ),

    /** Up to `limit` files whose processing began before then and has not ended: whoever did it is dead, or too slow. */
    async stuck(before: Date, limit: number): Promise<Claim[]> {
      const rows = await files
        .find(
          { processingStatus: 'Processing', processingStartedAt: { $lt: before } },
          { sort: { processingStartedAt: 1 }, limit, comment: 'processing.stuck' },
        )
        .toArray();
      return rows.flatMap((row) =>
        row.processingStartedAt ? [{ file: toMediaFile(row), startedAt: row.processingStartedAt }] : [],
      );
    },
  };
}

/** What {@link createProcessingRepository} returns. */
export type ProcessingRepository = ReturnType<typeof createProcessingRepository>;
