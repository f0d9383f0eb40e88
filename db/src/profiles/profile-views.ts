import type { ObjectId } from 'mongodb';
import type { CollectionDefinition } from '../mongo/collection-definition.ts';
import { date, object, uuid } from '../mongo/schema-parts.ts';

/** A document of `profile_views`: somebody looked at a profile on a day, however often. */
export interface ProfileViewDocument {
  _id: ObjectId;
  /** Whose profile. */
  userId: string;
  viewerId: string;
  /** The day in UTC, `2026-11-25`. */
  day: string;
  viewedAt: Date;
  /** Views are kept as long as activities. */
  expiresAt: Date;
}

const view = {
  userId: uuid,
  viewerId: uuid,
  day: { bsonType: 'string', pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}\\z' },
  viewedAt: date,
  expiresAt: date,
};

/** Who looked at whose profile (decisions, Profiles 1), for 90 days. Shard key: `userId`. */
export const profileViews: CollectionDefinition = {
  name: 'profile_views',
  validator: {
    $jsonSchema: object(view, Object.keys(view)),
    // A look at one's own profile is no view.
    $expr: { $ne: ['$userId', '$viewerId'] },
  },
  indexes: [
    {
      name: 'profile_views_daily',
      key: { userId: 1, viewerId: 1, day: 1 },
      serves: 'one view per viewer and day, whichever processes saw it',
      options: { unique: true },
    },
    {
      name: 'profile_views_in_order',
      key: { userId: 1, viewedAt: -1, _id: -1 },
      serves: 'who looked at a profile, newest first',
    },
    { name: 'profile_views_of_viewer', key: { viewerId: 1, _id: 1 }, serves: 'export and erasure' },
    {
      name: 'profile_views_expiry',
      key: { expiresAt: 1 },
      serves: 'removal after 90 days',
      options: { expireAfterSeconds: 0 },
    },
  ],
};
