import type { ObjectId } from 'mongodb';
import type { CollectionDefinition } from '../mongo/collection-definition.ts';
import * as part from '../mongo/schema-parts.ts';
import {
  type AccountSettings,
  accountSettings,
  certification,
  education,
  experience,
  language,
  type SocialLinks,
  type StoredCertification,
  type StoredEducation,
  type StoredExperience,
  type StoredLanguage,
  type StoredSkill,
  skill,
  socialLinks,
} from './profile-entries.ts';

/** Who may see a profile. */
export const PROFILE_VISIBILITIES = ['Public', 'Friends', 'Private'] as const;
/** From whom something is allowed. */
export const AUDIENCES = ['Everyone', 'Friends', 'None'] as const;

/** Who may see a profile, as stored. */
export type ProfileVisibility = (typeof PROFILE_VISIBILITIES)[number];
/** From whom something is allowed, as stored. */
export type Audience = (typeof AUDIENCES)[number];

/** Who may see and do what (specification, 817-832). */
export interface PrivacySettings {
  profileVisibility: ProfileVisibility;
  showEmail: boolean;
  showPhoneNumber: boolean;
  showDateOfBirth: boolean;
  showLocation: boolean;
  showOnlineStatus: boolean;
  showLastSeen: boolean;
  allowFriendRequests: boolean;
  allowMessages: Audience;
  showEducation: boolean;
  showExperience: boolean;
  showConnections: boolean;
  allowTagging: Audience;
  allowMentions: Audience;
}

/** Counts shown on a profile. Changed in the transaction of the fact. */
export interface ProfileStatistics {
  friendsCount: number;
  followersCount: number;
  followingCount: number;
  postsCount: number;
  photosCount: number;
  videosCount: number;
  profileViewsCount: number;
}

/** Where a person says they live. Coordinates are GeoJSON: longitude first. */
export interface StoredLocation {
  city?: string;
  state?: string;
  country?: string;
  coordinates?: { type: 'Point'; coordinates: [number, number] };
}

/**
 * A document of `user_profiles`. Differs from the specification (686-875) as decided: relations are edges, e-mail and
 * phone stay in auth, presence in Redis, notification preferences in notifications.
 */
export interface UserProfileDocument {
  _id: ObjectId;
  userId: string;
  /** Auth's; here for lookup and search only, kept by {@link usernameVersion}. */
  username: string;
  usernameLower: string;
  displayName: string;
  displayNameLower: string;
  firstName?: string;
  lastName?: string;
  dateOfBirth?: Date;
  gender?: 'Male' | 'Female' | 'Other' | 'PreferNotToSay';
  bio?: string;
  tagline?: string;
  avatarUrl?: string;
  coverImageUrl?: string;
  /** The files in media that the two links above lead to. */
  avatarMediaId?: ObjectId;
  coverMediaId?: ObjectId;
  location?: StoredLocation;
  website?: string;
  socialLinks?: SocialLinks;
  education?: StoredEducation[];
  experience?: StoredExperience[];
  /** Each name once, in any case. */
  skills?: StoredSkill[];
  certifications?: StoredCertification[];
  languages?: StoredLanguage[];
  interests?: string[];
  /** When their last connection ended; presence itself is in Redis (decisions, Profiles 7). */
  lastSeenAt?: Date;
  privacySettings: PrivacySettings;
  accountSettings?: AccountSettings;
  statistics: ProfileStatistics;
  isVerified: boolean;
  isPremium: boolean;
  /** False while the account is deactivated or suspended: hidden. */
  isActive: boolean;
  /** The account was purged: what is left is a tombstone without personal data. */
  isDeleted: boolean;
  deletedAt?: Date;
  /** Grows with every change that others are told about; the version of the aggregate `Profile`. */
  version: number;
  /** Version of the auth event that the username is from; 0 when it was fetched. */
  usernameVersion: number;
  /** Version of the auth event that `isActive` is from; 0 at first. */
  statusVersion: number;
  createdAt: Date;
  updatedAt: Date;
}

const { date, httpsUrl, list, object, objectId, oneOfWords, point, positiveNumber } = part;
const { switchField, text, uuid, wholeNumber } = part;

const audience = oneOfWords(...AUDIENCES);

const privacy = {
  profileVisibility: oneOfWords(...PROFILE_VISIBILITIES),
  showEmail: switchField,
  showPhoneNumber: switchField,
  showDateOfBirth: switchField,
  showLocation: switchField,
  showOnlineStatus: switchField,
  showLastSeen: switchField,
  allowFriendRequests: switchField,
  allowMessages: audience,
  showEducation: switchField,
  showExperience: switchField,
  showConnections: switchField,
  allowTagging: audience,
  allowMentions: audience,
};

// No minimum: a count that drifted must not make every later change fail; the nightly job mends it.
const statistics = {
  friendsCount: wholeNumber,
  followersCount: wholeNumber,
  followingCount: wholeNumber,
  postsCount: wholeNumber,
  photosCount: wholeNumber,
  videosCount: wholeNumber,
  profileViewsCount: wholeNumber,
};

const profile = {
  userId: uuid,
  username: { bsonType: 'string', pattern: '^[A-Za-z0-9_]{3,50}\\z' },
  usernameLower: { bsonType: 'string', pattern: '^[a-z0-9_]{3,50}\\z' },
  displayName: text(100, 1),
  displayNameLower: text(200, 1),
  firstName: text(100),
  lastName: text(100),
  dateOfBirth: date,
  gender: oneOfWords('Male', 'Female', 'Other', 'PreferNotToSay'),
  bio: text(500),
  tagline: text(100),
  avatarUrl: text(1_000),
  coverImageUrl: text(1_000),
  avatarMediaId: objectId,
  coverMediaId: objectId,
  location: object({ city: text(100), state: text(100), country: text(100), coordinates: point }),
  website: httpsUrl(500),
  socialLinks,
  education: list(education, 50),
  experience: list(experience, 50),
  skills: list(skill, 100),
  certifications: list(certification, 50),
  languages: list(language, 50),
  interests: list(text(50, 1), 50),
  lastSeenAt: date,
  privacySettings: object(privacy, Object.keys(privacy)),
  accountSettings,
  statistics: object(statistics, Object.keys(statistics)),
  isVerified: switchField,
  isActive: switchField,
  isPremium: switchField,
  isDeleted: switchField,
  deletedAt: date,
  version: positiveNumber,
  usernameVersion: positiveNumber,
  statusVersion: positiveNumber,
  createdAt: date,
  updatedAt: date,
};

const REQUIRED = [
  'userId',
  'username',
  'usernameLower',
  'displayName',
  'displayNameLower',
  'privacySettings',
  'statistics',
  'isVerified',
  'isActive',
  'isPremium',
  'isDeleted',
  'version',
  'usernameVersion',
  'statusVersion',
  'createdAt',
  'updatedAt',
];

/** People: one document per account. Shard key: `userId`. */
export const userProfiles: CollectionDefinition = {
  name: 'user_profiles',
  validator: { $jsonSchema: object(profile, REQUIRED) },
  indexes: [
    {
      name: 'user_profiles_updated',
      key: { updatedAt: 1, userId: 1 },
      serves: 'the feed from which other services repair their copies of cards and settings, oldest change first',
    },
    {
      name: 'user_profiles_user',
      key: { userId: 1 },
      serves: 'profiles of a batch of users; one profile per account (specification, index 1)',
      options: { unique: true },
    },
    {
      name: 'user_profiles_username',
      key: { usernameLower: 1, userId: 1 },
      serves: 'a person by username; search by its beginning, in order (index 2; unique in auth only, decisions 5)',
    },
    {
      name: 'user_profiles_display_name',
      key: { displayNameLower: 1, userId: 1 },
      serves: 'search by the beginning of the name, in order',
    },
    {
      name: 'user_profiles_words',
      key: { displayName: 'text', bio: 'text' },
      serves: 'search by words (index 3)',
      options: { default_language: 'none', language_override: '__lang', weights: { displayName: 5, bio: 1 } },
    },
    {
      name: 'user_profiles_place',
      key: { 'location.coordinates': '2dsphere' },
      serves: 'people near a place (index 7)',
    },
    { name: 'user_profiles_skill', key: { 'skills.name': 1 }, serves: 'people with a skill (index 8)' },
    {
      name: 'user_profiles_active',
      key: { isDeleted: 1, isActive: 1 },
      serves: 'jobs over active people, counts for operators (index 9)',
    },
  ],
};
