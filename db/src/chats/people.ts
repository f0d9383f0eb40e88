import type { CollectionDefinition } from '../mongo/index.ts';
import { positiveNumber, uuid } from '../mongo/schema-parts.ts';

/** Status of an account, as auth has it. */
export type AccountStatus = 'Active' | 'Inactive' | 'Suspended' | 'Deleted';

/**
 * What is shown of a person wherever they are named: the local copy (decisions, Everywhere 7). Each group of fields has
 * the version of the event it came from, since events of different groups may overtake each other.
 */
export interface UserCardDocument {
  /** The user's id. */
  _id: string;
  username?: string;
  usernameVersion?: number;
  displayName?: string;
  avatarUrl?: string | null;
  profileVersion?: number;
  status?: AccountStatus;
  statusVersion?: number;
}

/** The collection `user_cards`. */
export const userCards: CollectionDefinition = {
  name: 'user_cards',
  validator: {
    $jsonSchema: {
      bsonType: 'object',
      required: ['_id'],
      properties: {
        _id: uuid,
        username: { bsonType: 'string', minLength: 1, maxLength: 100 },
        usernameVersion: positiveNumber,
        displayName: { bsonType: 'string', minLength: 1, maxLength: 200 },
        avatarUrl: { bsonType: ['string', 'null'], maxLength: 2048 },
        profileVersion: positiveNumber,
        status: { enum: ['Active', 'Inactive', 'Suspended', 'Deleted'] },
        statusVersion: positiveNumber,
      },
    },
  },
  indexes: [],
};

/** An edge between two people, or what is left of one: a removed edge keeps its version, so nothing late revives it. */
export interface RelationDocument {
  /** `relationshipId` of the events: kind and both ids. */
  _id: string;
  kind: 'Friend' | 'Block';
  /** Friendships have no direction: theirs are sorted. */
  fromUserId: string;
  toUserId: string;
  isActive: boolean;
  version: number;
}

/** The collection `relations`. Follows are not kept: nothing in chats depends on them. */
export const relations: CollectionDefinition = {
  name: 'relations',
  validator: {
    $jsonSchema: {
      bsonType: 'object',
      required: ['_id', 'kind', 'fromUserId', 'toUserId', 'isActive', 'version'],
      properties: {
        _id: { bsonType: 'string' },
        kind: { enum: ['Friend', 'Block'] },
        fromUserId: uuid,
        toUserId: uuid,
        isActive: { bsonType: 'bool' },
        version: positiveNumber,
      },
    },
  },
  indexes: [],
};

/** The privacy settings of a person that chats enforces. */
export interface PrivacySettingsDocument {
  /** The user's id. */
  _id: string;
  allowMessages: 'Everyone' | 'Friends' | 'None';
  version: number;
}

/** The collection `privacy_settings`. */
export const privacySettings: CollectionDefinition = {
  name: 'privacy_settings',
  validator: {
    $jsonSchema: {
      bsonType: 'object',
      required: ['_id', 'allowMessages', 'version'],
      properties: { _id: uuid, allowMessages: { enum: ['Everyone', 'Friends', 'None'] }, version: positiveNumber },
    },
  },
  indexes: [],
};
