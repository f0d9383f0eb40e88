import type { ObjectId } from 'mongodb';
import type { CollectionDefinition } from '../mongo/index.ts';
import * as part from '../mongo/schema-parts.ts';

/** What a file is, by its content. */
export const FILE_TYPES = ['Image', 'Video', 'Audio', 'Document'] as const;
/** What a file was uploaded for. Those of `profile` are public, all others private. */
export const CATEGORIES = ['profile', 'post', 'chat', 'document', 'other'] as const;
/** How far a file has come. `Pending` until its content is in and its turn has come. */
export const PROCESSING_STATUSES = ['Pending', 'Processing', 'Completed', 'Failed'] as const;
/** Where blobs are. */
export const STORAGE_PROVIDERS = ['Local', 'S3', 'Azure', 'GCP'] as const;
/** In which sizes a picture is kept; what is no picture has an original only. */
export const VARIANT_NAMES = ['thumbnail', 'small', 'large', 'original'] as const;

export type FileType = (typeof FILE_TYPES)[number];
export type Category = (typeof CATEGORIES)[number];
export type ProcessingStatus = (typeof PROCESSING_STATUSES)[number];
export type StorageProvider = (typeof STORAGE_PROVIDERS)[number];
export type VariantName = (typeof VARIANT_NAMES)[number];

/** A blob that is served. */
export interface StoredVariant {
  name: VariantName;
  /** In the storage. */
  path: string;
  mimeType: string;
  sizeBytes: number;
  /** Pixels, of pictures. */
  width?: number;
  height?: number;
}

/** What the camera wrote into a picture, without where it was taken: that is never stored (decisions, Media 2). */
export interface ExifData {
  camera?: string;
  lens?: string;
  iso?: number;
  aperture?: string;
  shutterSpeed?: string;
  focalLength?: string;
  flash?: boolean;
  capturedAt?: Date;
}

/** A file (specification, 1470-1590, as the decisions on media change it). */
export interface MediaFileDocument {
  _id: ObjectId;
  userId: string;
  /** Generated: the id and the ending of its type. */
  fileName: string;
  originalFileName: string;
  /** As declared until the content is in, then by content; so are `mimeType` and `fileSize`. */
  fileType: FileType;
  mimeType: string;
  fileSize: number;
  storageProvider: StorageProvider;
  /** Where the uploaded blob is, until it was processed; afterwards where the original is. */
  storagePath: string;
  /** What is served. */
  variants?: StoredVariant[];
  /** Of public files: the path of the large variant below the service's public URL. Private ones get signed URLs. */
  url?: string;
  thumbnailUrl?: string;
  /** A tiny picture as a data URI, shown until the real one is there. */
  blurPlaceholder?: string;
  /** Read out to those who don't see the file. */
  altText?: string;
  dimensions?: { width: number; height: number; aspectRatio: string };
  /** Seconds. */
  duration?: number;
  bitrate?: number;
  codec?: string;
  frameRate?: number;
  category: Category;
  tags: string[];
  description?: string;
  processingStatus: ProcessingStatus;
  /** A code of media, not text for people. */
  processingError?: string;
  processingStartedAt?: Date;
  processingCompletedAt?: Date;
  /** How often processing was begun. */
  processingAttempts: number;
  /** When processing may begin; absent while the upload is awaited and once processing has begun. */
  queuedAt?: Date;
  /** Until when the upload is awaited; absent once it is in. */
  uploadExpiresAt?: Date;
  /** How many references there are in `media_references`, kept in their transaction. */
  usageCount: number;
  isPublic: boolean;
  /** When the sweep may delete it; absent while something refers to it. */
  expiresAt?: Date;
  isDeleted: boolean;
  deletedAt?: Date;
  /** When the content came in; until then when the upload was asked for. */
  uploadedAt: Date;
  updatedAt: Date;
  exifData?: ExifData;
  /** Grows with every event about the file. */
  version: number;
  /** The owner's id of the request that asked for the upload, and that request's fingerprint. */
  clientMutationId?: string;
  requestHash?: string;
}

const { clientId, date, list, object, oneOfWords, ordinal, positiveNumber, requestHash, switchField, text, uuid } =
  part;

const variant = {
  name: oneOfWords(...VARIANT_NAMES),
  path: text(300, 1),
  mimeType: text(100, 3),
  sizeBytes: positiveNumber,
  width: ordinal,
  height: ordinal,
};

const exifData = object({
  camera: text(200),
  lens: text(200),
  iso: positiveNumber,
  aperture: text(20),
  shutterSpeed: text(20),
  focalLength: text(20),
  flash: switchField,
  capturedAt: date,
});

const file = {
  userId: uuid,
  fileName: text(100, 1),
  originalFileName: text(255, 1),
  fileType: oneOfWords(...FILE_TYPES),
  mimeType: text(100, 3),
  fileSize: positiveNumber,
  storageProvider: oneOfWords(...STORAGE_PROVIDERS),
  storagePath: text(300, 1),
  variants: list(object(variant, ['name', 'path', 'mimeType', 'sizeBytes']), VARIANT_NAMES.length),
  url: text(300, 1),
  thumbnailUrl: text(300, 1),
  blurPlaceholder: text(2_000),
  altText: text(1_000),
  dimensions: object({ width: ordinal, height: ordinal, aspectRatio: text(20, 3) }, ['width', 'height', 'aspectRatio']),
  duration: positiveNumber,
  bitrate: positiveNumber,
  codec: text(50, 1),
  frameRate: positiveNumber,
  category: oneOfWords(...CATEGORIES),
  tags: list(text(50, 1), 20),
  description: text(500),
  processingStatus: oneOfWords(...PROCESSING_STATUSES),
  processingError: text(100, 1),
  processingStartedAt: date,
  processingCompletedAt: date,
  processingAttempts: positiveNumber,
  queuedAt: date,
  uploadExpiresAt: date,
  // No minimum: a count that drifted must not make every later change fail.
  usageCount: part.wholeNumber,
  isPublic: switchField,
  expiresAt: date,
  isDeleted: switchField,
  deletedAt: date,
  uploadedAt: date,
  updatedAt: date,
  exifData,
  version: positiveNumber,
  clientMutationId: clientId,
  requestHash,
};

const REQUIRED = [
  'userId',
  'fileName',
  'originalFileName',
  'fileType',
  'mimeType',
  'fileSize',
  'storageProvider',
  'storagePath',
  'category',
  'tags',
  'processingStatus',
  'processingAttempts',
  'usageCount',
  'isPublic',
  'isDeleted',
  'uploadedAt',
  'updatedAt',
  'version',
];

/** The collection `media_files`. Shard key: `userId`. */
export const mediaFiles: CollectionDefinition = {
  name: 'media_files',
  validator: { $jsonSchema: object(file, REQUIRED) },
  indexes: [
    {
      name: 'media_files_of_person',
      key: { userId: 1, uploadedAt: -1, _id: -1 },
      serves: 'export and erasure of a person (specification, index 1)',
    },
    {
      name: 'media_files_active',
      key: { isDeleted: 1, userId: 1, uploadedAt: -1, _id: -1 },
      serves: "a person's files, newest first, by pages (index 7)",
    },
    {
      name: 'media_files_type',
      key: { fileType: 1, uploadedAt: -1 },
      serves: 'counts and lists for operators (index 2)',
    },
    {
      name: 'media_files_person_type',
      key: { userId: 1, fileType: 1, uploadedAt: -1, _id: -1 },
      serves: "a person's files of one kind, newest first, by pages",
    },
    {
      name: 'media_files_category',
      key: { category: 1, uploadedAt: -1 },
      serves: 'counts and lists for operators (index 3)',
    },
    {
      name: 'media_files_person_category',
      key: { userId: 1, category: 1, uploadedAt: -1, _id: -1 },
      serves: "a person's files for one purpose, newest first, by pages",
    },
    { name: 'media_files_tags', key: { tags: 1 }, serves: 'files with a tag (index 4)' },
    {
      name: 'media_files_processing',
      key: { processingStatus: 1, processingStartedAt: 1 },
      serves: 'the reaper: files whose processing began long ago and never ended (index 5)',
    },
    {
      name: 'media_files_queue',
      key: { queuedAt: 1 },
      serves: 'files that wait for processing, oldest first',
      options: { partialFilterExpression: { queuedAt: { $exists: true } } },
    },
    {
      name: 'media_files_awaited',
      key: { userId: 1, uploadExpiresAt: 1 },
      serves: 'how many uploads of a person are awaited',
      options: { partialFilterExpression: { uploadExpiresAt: { $exists: true } } },
    },
    {
      name: 'media_files_words',
      key: { originalFileName: 'text', description: 'text', tags: 'text' },
      serves: "search among a person's own files, always with their id (index 6)",
      options: { default_language: 'none', language_override: '__lang' },
    },
    {
      name: 'media_files_expiry',
      key: { expiresAt: 1 },
      serves:
        'the sweep, oldest first (index 8; no TTL, which would delete the row and leave the blobs: the job deletes blobs first)',
      options: { partialFilterExpression: { expiresAt: { $exists: true } } },
    },
    {
      name: 'media_files_request',
      key: { userId: 1, clientMutationId: 1 },
      serves: 'one file for each request of a person, however often it is sent',
      options: { unique: true, partialFilterExpression: { clientMutationId: { $exists: true } } },
    },
  ],
};
