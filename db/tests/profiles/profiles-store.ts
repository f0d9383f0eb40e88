import { randomBytes, randomUUID } from 'node:crypto';
import { type Db, type Document, Double, MongoClient, ObjectId } from 'mongodb';
import { migrateMongoDatabase, profilesDatabase } from '../../src/profiles/index.ts';
import { mongodbUrl } from '../mongo/mongodb-url.ts';

/** A database of profiles of a test file's own. */
export interface ProfilesStore {
  readonly db: Db;
  drop(): Promise<void>;
}

/** Makes a database by its definition. */
export async function openProfilesStore(): Promise<ProfilesStore> {
  const client = await new MongoClient(mongodbUrl()).connect();
  const db = client.db(`profiles_${randomBytes(6).toString('hex')}`);
  await migrateMongoDatabase(db, profilesDatabase);
  return {
    db,
    async drop() {
      await db.dropDatabase();
      await client.close();
    },
  };
}

/** Fields of a document. */
export type Fields = Record<string, unknown>;

const now = new Date();
const inAnHour = () => new Date(Date.now() + 3_600_000);

/** The privacy settings of {@link profile}. */
export const privacySettings = {
  profileVisibility: 'Public',
  showEmail: false,
  showPhoneNumber: false,
  showDateOfBirth: false,
  showLocation: false,
  showOnlineStatus: true,
  showLastSeen: true,
  allowFriendRequests: true,
  allowMessages: 'Everyone',
  showEducation: true,
  showExperience: true,
  showConnections: true,
  allowTagging: 'Friends',
  allowMentions: 'Friends',
};
/** The counts of {@link profile}. */
export const statistics = {
  friendsCount: 0,
  followersCount: 0,
  followingCount: 0,
  postsCount: 0,
  photosCount: 0,
  videosCount: 0,
  profileViewsCount: 0,
};
/** A profile with what it must have. */
export const profile = (changes: Fields = {}): Fields => ({
  userId: randomUUID(),
  username: 'Ada_1',
  usernameLower: 'ada_1',
  displayName: 'Ada',
  displayNameLower: 'ada',
  privacySettings,
  statistics,
  isVerified: false,
  isActive: true,
  isPremium: false,
  isDeleted: false,
  version: 1,
  usernameVersion: 1,
  statusVersion: 0,
  createdAt: now,
  updatedAt: now,
  ...changes,
});
/** A pending friend request. */
export const request = (changes: Fields = {}): Fields => {
  const [senderId, receiverId] = [randomUUID(), randomUUID()];
  return {
    pairKey: [senderId, receiverId].sort().join(':'),
    senderId,
    receiverId,
    status: 'Pending',
    sentAt: now,
    expiresAt: now,
    sweepAt: inAnHour(),
    createdAt: now,
    updatedAt: now,
    ...changes,
  };
};
/** Something a person did. */
export const activity = (changes: Fields = {}): Fields => ({
  userId: randomUUID(),
  activityType: 'ProfileUpdated',
  metadata: { fields: ['bio'] },
  isPublic: false,
  createdAt: now,
  expiresAt: inAnHour(),
  ...changes,
});
/** A follow. */
export const edge = (changes: Fields = {}): Fields => ({
  from: randomUUID(),
  to: randomUUID(),
  kind: 'Follow',
  version: 1,
  createdAt: now,
  ...changes,
});

/** Somebody praises a skill. */
export const endorsement = (changes: Fields = {}): Fields => ({
  userId: randomUUID(),
  skillLower: 'mathematics',
  endorserId: randomUUID(),
  createdAt: now,
  ...changes,
});

/** Somebody looks at a profile. */
export const view = (changes: Fields = {}): Fields => ({
  userId: randomUUID(),
  viewerId: randomUUID(),
  day: '2026-11-25',
  viewedAt: now,
  expiresAt: inAnHour(),
  ...changes,
});

/** A place as a profile has it. */
export const place = (longitude: number, latitude: number): Fields => ({
  location: { coordinates: { type: 'Point', coordinates: [new Double(longitude), new Double(latitude)] } },
});

/** A document of each collection with a value in every field that has a rule. */
export const fullSamples: Readonly<Record<string, () => Document>> = {
  user_profiles: () =>
    profile({
      firstName: 'Ada',
      lastName: 'King',
      dateOfBirth: now,
      gender: 'PreferNotToSay',
      bio: 'Counts',
      tagline: 'First',
      avatarUrl: 'https://cdn.example/a',
      coverImageUrl: 'https://cdn.example/c',
      avatarMediaId: new ObjectId(),
      coverMediaId: new ObjectId(),
      location: { city: 'London', state: 'England', country: 'UK', ...(place(-0.1, 51.5).location as Fields) },
      website: 'https://ada.example/',
      socialLinks: Object.fromEntries(
        ['linkedin', 'twitter', 'github', 'instagram', 'facebook'].map((site) => [site, `https://${site}.example/ada`]),
      ),
      education: [
        {
          id: '1',
          school: 'Home',
          degree: 'None',
          fieldOfStudy: 'Mathematics',
          startDate: now,
          endDate: now,
          grade: 'A',
          activities: 'Music',
          description: 'Lessons',
          current: false,
        },
      ],
      experience: [
        {
          id: '1',
          company: 'Engine',
          position: 'Analyst',
          employmentType: 'Freelance',
          location: 'London',
          startDate: now,
          endDate: now,
          current: false,
          description: 'Notes',
          skills: ['notes'],
        },
      ],
      skills: [{ name: 'Mathematics', level: 'Expert', yearsOfExperience: 20, endorsements: 3 }],
      certifications: [
        {
          id: '1',
          name: 'C',
          issuingOrganization: 'O',
          issueDate: now,
          expirationDate: now,
          credentialId: '7',
          credentialUrl: 'https://o.example/c',
        },
      ],
      languages: [{ language: 'English', proficiency: 'Native' }],
      interests: ['engines'],
      lastSeenAt: now,
      accountSettings: { language: 'en', timezone: 'Europe/London', dateFormat: 'YYYY-MM-DD', theme: 'Dark' },
      deletedAt: now,
    }),
  friend_requests: () => request({ message: 'Hello', respondedAt: now, status: 'Accepted' }),
  user_activities: () => activity(),
  relationships: () => edge(),
  relationship_pairs: () => ({ _id: [randomUUID(), randomUUID()].sort().join(':'), revision: 1, updatedAt: now }),
  reconciliation: () => ({ _id: randomUUID(), comparedUntil: now, comparedAllAt: now }),
  skill_endorsements: () => endorsement(),
  profile_views: () => view(),
};
