import type { CollectionDefinition, IndexDefinition } from '../mongo/index.ts';
import { date, object, oneOfWords, positiveNumber, switchField, text, uuid } from '../mongo/schema-parts.ts';

/** Status of an account, as auth has it. */
export type AccountStatus = 'Active' | 'Inactive' | 'Suspended' | 'Deleted';

/** From whom something is allowed. */
export type Audience = 'Everyone' | 'Friends' | 'None';

/**
 * What is shown of a person wherever they are named: the local copy (decisions, Everywhere 7). Each group of fields has
 * the version of the event it came from, since events of different groups may overtake each other.
 */
export interface UserCardDocument {
  /** The user's id. */
  _id: string;
  username?: string;
  /** For services that look people up by name: usernames differ by more than case. */
  usernameLower?: string;
  usernameVersion?: number;
  displayName?: string;
  avatarUrl?: string | null;
  profileVersion?: number;
  status?: AccountStatus;
  statusVersion?: number;
}

/**
 * The collection `user_cards`. Shard key: `_id`.
 *
 * @param indexes of a service that looks people up by name too.
 */
export const userCardsWith = (indexes: readonly IndexDefinition[] = []): CollectionDefinition => ({
  name: 'user_cards',
  validator: {
    $jsonSchema: object(
      {
        _id: uuid,
        username: text(100, 1),
        usernameLower: text(100, 1),
        usernameVersion: positiveNumber,
        displayName: text(200, 1),
        avatarUrl: { bsonType: ['string', 'null'], maxLength: 2048 },
        profileVersion: positiveNumber,
        status: oneOfWords('Active', 'Inactive', 'Suspended', 'Deleted'),
        statusVersion: positiveNumber,
      },
      ['_id'],
    ),
  },
  indexes,
});

/** For services that look people up by username. Not unique: two people may swap names, one event after the other. */
export const cardLookupIndexes: readonly IndexDefinition[] = [
  { name: 'user_cards_username', key: { usernameLower: 1 }, serves: 'people by their usernames: mentions' },
];

/** Kinds of edges that read models keep. */
export type RelationKind = 'Friend' | 'Follow' | 'Block';

/** An edge between two people, or what is left of one: a removed edge keeps its version, so nothing late revives it. */
export interface RelationDocument {
  /** `relationshipId` of the events: kind and both ids. */
  _id: string;
  kind: RelationKind;
  /** Friendships have no direction: theirs are sorted. */
  fromUserId: string;
  toUserId: string;
  isActive: boolean;
  version: number;
}

const edge = {
  _id: text(100, 1),
  kind: oneOfWords('Friend', 'Follow', 'Block'),
  fromUserId: uuid,
  toUserId: uuid,
  isActive: switchField,
  version: positiveNumber,
};

/**
 * The collection `relations`: edges are read by their ids alone. Shard key: `_id`.
 *
 * @param indexes of a service that lists edges too.
 */
export const relationsWith = (indexes: readonly IndexDefinition[] = []): CollectionDefinition => ({
  name: 'relations',
  validator: { $jsonSchema: object(edge, Object.keys(edge)) },
  indexes,
});

/** For services that list who follows whom. */
export const relationListIndexes: readonly IndexDefinition[] = [
  {
    name: 'relations_outgoing',
    key: { fromUserId: 1, kind: 1, isActive: 1, toUserId: 1 },
    serves: 'whom a person follows, by id, page by page',
  },
  {
    name: 'relations_incoming',
    key: { toUserId: 1, kind: 1, isActive: 1, fromUserId: 1 },
    serves: 'who follows a person, by id, page by page: the readers of what they publish',
  },
];

/**
 * The privacy settings of a person that other services than profiles enforce. Absent ones were never told: the defaults
 * hold.
 */
export interface PrivacySettingsDocument {
  /** The user's id. */
  _id: string;
  profileVisibility?: 'Public' | 'Friends' | 'Private';
  allowMessages?: Audience;
  allowTagging?: Audience;
  allowMentions?: Audience;
  showOnlineStatus?: boolean;
  showLastSeen?: boolean;
  version: number;
}

const audience = oneOfWords('Everyone', 'Friends', 'None');

/** The collection `privacy_settings`. Shard key: `_id`. */
export const privacySettings: CollectionDefinition = {
  name: 'privacy_settings',
  validator: {
    $jsonSchema: object(
      {
        _id: uuid,
        profileVisibility: oneOfWords('Public', 'Friends', 'Private'),
        allowMessages: audience,
        allowTagging: audience,
        allowMentions: audience,
        showOnlineStatus: switchField,
        showLastSeen: switchField,
        version: positiveNumber,
      },
      ['_id', 'version'],
    ),
  },
  indexes: [],
};

/** How far a service has compared its copies with their owners. */
export interface ReconciliationDocument {
  /** The feed: `accounts`, `profiles` or `pairs`. */
  _id: string;
  /** Changes before this moment have been compared. */
  comparedUntil: Date;
  /** When everything was compared last, and not only what changed. */
  comparedAllAt: Date;
}

/** The collection `reconciliation`. Shard key: `_id`. */
export const reconciliation: CollectionDefinition = {
  name: 'reconciliation',
  validator: {
    $jsonSchema: object({ _id: text(40, 1), comparedUntil: date, comparedAllAt: date }, [
      'comparedUntil',
      'comparedAllAt',
    ]),
  },
  indexes: [],
};

/**
 * All collections of the local copies.
 *
 * @param listIndexes of `relations`, for services that list edges.
 * @param cardIndexes of `user_cards`, for services that look people up by name.
 */
export const peopleCollections = (
  listIndexes: readonly IndexDefinition[] = [],
  cardIndexes: readonly IndexDefinition[] = [],
): CollectionDefinition[] => [userCardsWith(cardIndexes), relationsWith(listIndexes), privacySettings, reconciliation];
