import type { Db } from 'mongodb';
import type { DatabaseDefinition } from '../mongo/collection-definition.ts';
import { inbox, outbox, outboxRelay } from '../mongo/messaging.ts';
import { reconciliation } from '../people/people.ts';
import { friendRequests } from './friend-requests.ts';
import { pairsUpdatedAt } from './migrations/20261125-pairs-updated-at.ts';
import { profileViews } from './profile-views.ts';
import { relationshipPairs, relationships } from './relationships.ts';
import { skillEndorsements } from './skill-endorsements.ts';
import { userActivities } from './user-activities.ts';
import { userProfiles } from './user-profiles.ts';

export { indexUseOf, migrateMongoDatabase, statusOf } from '../mongo/index.ts';
export { FRIEND_REQUEST_STATUSES, type FriendRequestDocument, type FriendRequestStatus } from './friend-requests.ts';
export {
  type AccountSettings,
  DATE_FORMATS,
  EMPLOYMENT_TYPES,
  PROFICIENCIES,
  SKILL_LEVELS,
  SOCIAL_SITES,
  type SocialLinks,
  type StoredCertification,
  type StoredEducation,
  type StoredExperience,
  type StoredLanguage,
  type StoredSkill,
  THEMES,
} from './profile-entries.ts';
export type { ProfileViewDocument } from './profile-views.ts';
export {
  EDGE_KINDS,
  type EdgeKind,
  type RelationshipDocument,
  type RelationshipPairDocument,
} from './relationships.ts';
export type { SkillEndorsementDocument } from './skill-endorsements.ts';
export { ACTIVITY_TYPES, type ActivityType, type UserActivityDocument } from './user-activities.ts';
export {
  AUDIENCES,
  type Audience,
  PROFILE_VISIBILITIES,
  type PrivacySettings,
  type ProfileStatistics,
  type ProfileVisibility,
  type StoredLocation,
  type UserProfileDocument,
} from './user-profiles.ts';

/** The database of profiles (specification, 668-985, as decisions.md changes it). */
export const profilesDatabase: DatabaseDefinition<Db> = {
  name: 'UserProfileServiceDB',
  collections: [
    userProfiles,
    friendRequests,
    userActivities,
    relationships,
    relationshipPairs,
    reconciliation,
    skillEndorsements,
    profileViews,
    outbox,
    outboxRelay,
    inbox,
  ],
  migrations: [pairsUpdatedAt],
};
