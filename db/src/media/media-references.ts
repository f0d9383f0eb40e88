import type { ObjectId } from 'mongodb';
import type { CollectionDefinition } from '../mongo/index.ts';
import { date, object, objectId, oneOfWords, positiveNumber, text } from '../mongo/schema-parts.ts';

/** What files hang on. */
export const REFERRER_TYPES = ['Post', 'Message', 'Profile'] as const;

export type ReferrerType = (typeof REFERRER_TYPES)[number];

/** That something refers to a file: the specification's `usedIn`, as documents of their own (decisions, Media 3). */
export interface MediaReferenceDocument {
  _id: ObjectId;
  mediaId: ObjectId;
  entityType: ReferrerType;
  /** A document's id, or a user's. */
  entityId: string;
}

const reference = {
  mediaId: objectId,
  entityType: oneOfWords(...REFERRER_TYPES),
  entityId: text(64, 1),
};

/** The collection `media_references`. Shard key: `mediaId`. */
export const mediaReferences: CollectionDefinition = {
  name: 'media_references',
  validator: { $jsonSchema: object(reference, Object.keys(reference)) },
  indexes: [
    {
      name: 'media_references_once',
      key: { mediaId: 1, entityType: 1, entityId: 1 },
      serves: 'what refers to a file; nothing twice',
      options: { unique: true },
    },
    {
      name: 'media_references_of_entity',
      key: { entityType: 1, entityId: 1 },
      serves: 'the files that something refers to, when its event tells others',
    },
  ],
};

/**
 * What was last told of something that refers to files: an older event must not bring back what a newer one took away.
 */
export interface MediaReferrerDocument {
  /** Type and id, joined by a colon. */
  _id: string;
  /** Of the event that was applied last. */
  version: number;
  /** Absent while it refers to files: later events than this can't be older than the last. */
  forgetAt?: Date;
}

/** The collection `media_referrers`. Shard key: `_id`. */
export const mediaReferrers: CollectionDefinition = {
  name: 'media_referrers',
  validator: {
    $jsonSchema: object({ _id: text(100, 3), version: positiveNumber, forgetAt: date }, ['_id', 'version']),
  },
  indexes: [
    {
      name: 'media_referrers_forget',
      key: { forgetAt: 1 },
      serves: 'forgetting what refers to no file, 30 days after its last event',
      options: { expireAfterSeconds: 0 },
    },
  ],
};
