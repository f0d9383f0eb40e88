import type { ObjectId } from 'mongodb';
import type { CollectionDefinition } from '../mongo/index.ts';
import {
  date,
  list,
  object,
  objectId,
  oneOfWords,
  positiveNumber,
  switchField,
  text,
  uuid,
} from '../mongo/schema-parts.ts';
import { RELATED_ENTITY_TYPES, type RelatedEntityType } from './notifications.ts';

/**
 * One thing that a person was told of, such as one reaction of one actor: what groups are counted from. It stays when it
 * is taken back, with its version, so that a late or repeated event neither counts twice nor revives it.
 */
export interface NotificationSourceDocument {
  /** Recipient and key of the thing, joined by a colon. */
  _id: string;
  userId: string;
  actorId?: string;
  /** Whether it counts in its notification. */
  isActive: boolean;
  /** Of the newest event about it that was applied. */
  version: number;
  /** The notification it counts in, or counted. */
  notificationId?: ObjectId;
  /** What it is about; of several in a group, the newest one's is the group's. */
  relatedEntityType?: RelatedEntityType;
  relatedEntityId?: string;
  /** Everything whose removal takes it back, as `Post:<id>`. */
  entities: string[];
  /** When it happened. */
  at: Date;
  expiresAt: Date;
}

const source = {
  _id: text(200, 38),
  userId: uuid,
  actorId: uuid,
  isActive: switchField,
  version: positiveNumber,
  notificationId: objectId,
  relatedEntityType: oneOfWords(...RELATED_ENTITY_TYPES),
  relatedEntityId: text(64, 1),
  entities: list(text(80, 3), 4),
  at: date,
  expiresAt: date,
};

const counted = { partialFilterExpression: { isActive: true } };

/** The collection `notification_sources`. Shard key: `userId`. */
export const notificationSources: CollectionDefinition = {
  name: 'notification_sources',
  validator: {
    $jsonSchema: object(source, ['_id', 'userId', 'isActive', 'version', 'entities', 'at', 'expiresAt']),
  },
  indexes: [
    {
      name: 'notification_sources_in_order',
      key: { notificationId: 1, at: -1, _id: -1 },
      serves: 'who is in a group, newest first, when one leaves it',
      options: counted,
    },
    {
      name: 'notification_sources_of_group_and_actor',
      key: { notificationId: 1, actorId: 1 },
      serves: 'whether somebody is in a group already, or still',
      options: counted,
    },
    {
      name: 'notification_sources_of_actor',
      key: { actorId: 1, isActive: 1, userId: 1 },
      serves: 'taking back what a blocked, hidden or erased person did, and forgetting it (specification, index 4)',
    },
    {
      name: 'notification_sources_of_entity',
      key: { entities: 1, userId: 1 },
      serves: 'taking back what was told of a post, comment or message that is deleted',
      options: counted,
    },
    {
      name: 'notification_sources_expiry',
      key: { expiresAt: 1 },
      serves: 'removal some days after the notification',
      options: { expireAfterSeconds: 0 },
    },
  ],
};

/** A post, comment or message that is gone: a late event about it tells nobody. */
export interface DeletedSubjectDocument {
  /** As in `entities` of the sources: `Post:<id>`. */
  _id: string;
  deletedAt: Date;
  /** Longer than any event can be late. */
  expiresAt: Date;
}

/** The collection `deleted_subjects`. Shard key: `_id`. */
export const deletedSubjects: CollectionDefinition = {
  name: 'deleted_subjects',
  validator: {
    $jsonSchema: object({ _id: text(80, 3), deletedAt: date, expiresAt: date }, ['_id', 'deletedAt', 'expiresAt']),
  },
  indexes: [
    {
      name: 'deleted_subjects_expiry',
      key: { expiresAt: 1 },
      serves: 'forgetting after 30 days',
      options: { expireAfterSeconds: 0 },
    },
  ],
};
