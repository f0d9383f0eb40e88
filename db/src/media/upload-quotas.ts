import type { CollectionDefinition } from '../mongo/index.ts';
import { date, object, positiveNumber, text, uuid } from '../mongo/schema-parts.ts';

/** What a person has asked to upload on a day. Counts requests, so deleting files gives nothing back. */
export interface UploadQuotaDocument {
  /** The user's id and the day in UTC, joined by a colon. */
  _id: string;
  userId: string;
  bytes: number;
  files: number;
  expiresAt: Date;
}

const quota = { _id: text(60, 40), userId: uuid, bytes: positiveNumber, files: positiveNumber, expiresAt: date };

/** The collection `upload_quotas`. Shard key: `_id`. */
export const uploadQuotas: CollectionDefinition = {
  name: 'upload_quotas',
  validator: { $jsonSchema: object(quota, Object.keys(quota)) },
  indexes: [
    {
      name: 'upload_quotas_expiry',
      key: { expiresAt: 1 },
      serves: 'removal two days after the day',
      options: { expireAfterSeconds: 0 },
    },
    { name: 'upload_quotas_of_person', key: { userId: 1 }, serves: 'erasure' },
  ],
};
