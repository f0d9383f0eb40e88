import type { Document, ObjectId } from 'mongodb';
import type { CollectionDefinition } from '../mongo/collection-definition.ts';
import { date, object, oneOfWords, switchField, uuid } from '../mongo/schema-parts.ts';

/** What a person can have done (specification, 976). */
export const ACTIVITY_TYPES = [
  'ProfileUpdated',
  'FriendAdded',
  'FriendRemoved',
  'PostCreated',
  'PhotoUploaded',
  'VideoUploaded',
  'EducationAdded',
  'ExperienceAdded',
  'SkillAdded',
  'CertificationAdded',
] as const;

/** What a person did, as stored. */
export type ActivityType = (typeof ACTIVITY_TYPES)[number];

/** A document of `user_activities`. `metadata` has ids and names of fields, never copies of text (decisions 8). */
export interface UserActivityDocument {
  _id: ObjectId;
  userId: string;
  activityType: ActivityType;
  metadata: Document;
  isPublic: boolean;
  createdAt: Date;
  expiresAt: Date;
}

const activity = {
  userId: uuid,
  activityType: oneOfWords(...ACTIVITY_TYPES),
  metadata: object({}),
  isPublic: switchField,
  createdAt: date,
  expiresAt: date,
};

/** What people did, for 90 days. Shard key: `userId`. */
export const userActivities: CollectionDefinition = {
  name: 'user_activities',
  validator: {
    $jsonSchema: object(activity, ['userId', 'activityType', 'metadata', 'isPublic', 'createdAt', 'expiresAt']),
  },
  indexes: [
    {
      name: 'user_activities_user',
      key: { userId: 1, createdAt: -1, _id: -1 },
      serves: "a person's activities, newest first (specification, index 1); erasure",
    },
    {
      name: 'user_activities_type',
      key: { activityType: 1, createdAt: -1 },
      serves: 'figures per type (index 2)',
    },
    {
      name: 'user_activities_public',
      key: { isPublic: 1, createdAt: -1 },
      serves: 'public activities, newest first (index 3)',
    },
    {
      name: 'user_activities_expiry',
      key: { expiresAt: 1 },
      serves: 'removal after 90 days (index 4)',
      options: { expireAfterSeconds: 0 },
    },
  ],
};
