import { randomBytes, randomUUID } from 'node:crypto';
import { type Db, type Document, MongoClient, ObjectId } from 'mongodb';
import { mediaDatabase, migrateMongoDatabase } from '../../src/media/index.ts';
import { mongodbUrl } from '../mongo/mongodb-url.ts';

/** A database of media of a test file's own. */
export interface MediaStore {
  readonly db: Db;
  drop(): Promise<void>;
}

/** Makes a database by its definition. */
export async function openMediaStore(): Promise<MediaStore> {
  const client = await new MongoClient(mongodbUrl()).connect();
  const db = client.db(`media_${randomBytes(6).toString('hex')}`);
  await migrateMongoDatabase(db, mediaDatabase);
  return {
    db,
    async drop() {
      await db.dropDatabase();
      await client.close();
    },
  };
}

/** Documents that fit, one for each collection with rules of its own. */
export const samples = {
  media_files: (): Document => ({
    userId: randomUUID(),
    fileName: 'f.webp',
    originalFileName: 'Sunset.JPG',
    fileType: 'Image',
    mimeType: 'image/jpeg',
    fileSize: 1_000,
    storageProvider: 'Local',
    storagePath: 'incoming/f/1',
    category: 'post',
    tags: ['sunset'],
    processingStatus: 'Pending',
    processingAttempts: 0,
    usageCount: 0,
    isPublic: false,
    isDeleted: false,
    uploadedAt: new Date(),
    updatedAt: new Date(),
    version: 1,
  }),
  media_references: (): Document => ({ mediaId: new ObjectId(), entityType: 'Post', entityId: 'f'.repeat(24) }),
  media_referrers: (): Document => ({ _id: `Post:${new ObjectId().toHexString()}`, version: 1 }),
  upload_quotas: (): Document => {
    const userId = randomUUID();
    return { _id: `${userId}:2026-11-25`, userId, bytes: 1_000, files: 1, expiresAt: new Date() };
  },
} as const;

/** The samples with a value in every field that has a rule. */
export const fullSamples: Record<keyof typeof samples, () => Document> = {
  ...samples,
  media_files: () => ({
    ...samples.media_files(),
    variants: [
      { name: 'large', path: 'files/f/large.webp', mimeType: 'image/webp', sizeBytes: 9, width: 16, height: 9 },
    ],
    url: 'public/f/large',
    thumbnailUrl: 'public/f/thumbnail',
    blurPlaceholder: 'data:image/webp;base64,AA==',
    altText: 'The sun over the sea',
    dimensions: { width: 1_600, height: 900, aspectRatio: '16:9' },
    duration: 1.5,
    bitrate: 128_000,
    codec: 'avc1',
    frameRate: 25,
    description: 'At last',
    processingError: 'CORRUPT',
    processingStartedAt: new Date(),
    processingCompletedAt: new Date(),
    queuedAt: new Date(),
    uploadExpiresAt: new Date(),
    expiresAt: new Date(),
    deletedAt: new Date(),
    exifData: {
      camera: 'Nikon D90',
      lens: '50 mm',
      iso: 200,
      aperture: 'f/1.8',
      shutterSpeed: '1/250 s',
      focalLength: '50 mm',
      flash: false,
      capturedAt: new Date(),
    },
    clientMutationId: randomUUID(),
    requestHash: 'h'.repeat(43),
  }),
  media_referrers: () => ({ ...samples.media_referrers(), forgetAt: new Date() }),
};
