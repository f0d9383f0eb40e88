import type { Db } from 'mongodb';
import type { DatabaseDefinition } from '../mongo/index.ts';
import { inbox, outbox, outboxRelay } from '../mongo/messaging.ts';
import { peopleCollections } from '../people/people.ts';
import { mediaFiles } from './media-files.ts';
import { mediaReferences, mediaReferrers } from './media-references.ts';
import { uploadQuotas } from './upload-quotas.ts';

export { indexUseOf, migrateMongoDatabase } from '../mongo/index.ts';
export {
  CATEGORIES,
  type Category,
  type ExifData,
  FILE_TYPES,
  type FileType,
  type MediaFileDocument,
  PROCESSING_STATUSES,
  type ProcessingStatus,
  STORAGE_PROVIDERS,
  type StorageProvider,
  type StoredVariant,
  VARIANT_NAMES,
  type VariantName,
} from './media-files.ts';
export {
  type MediaReferenceDocument,
  type MediaReferrerDocument,
  REFERRER_TYPES,
  type ReferrerType,
} from './media-references.ts';
export type { UploadQuotaDocument } from './upload-quotas.ts';

/** The database of media (specification, 1459-1590, as the decisions on media change it). */
export const mediaDatabase: DatabaseDefinition<Db> = {
  name: 'MediaServiceDB',
  collections: [
    mediaFiles,
    mediaReferences,
    mediaReferrers,
    uploadQuotas,
    ...peopleCollections(),
    outbox,
    outboxRelay,
    inbox,
  ],
  migrations: [],
};
