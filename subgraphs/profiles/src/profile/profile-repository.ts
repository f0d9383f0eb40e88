import type { PrivacySettings, ProfileStatistics, UserProfileDocument } from '@postbook/db/profiles';
import { fromObjectId, type MongoTransaction, toObjectId } from '@postbook/service-kit';
import { type Db, MongoServerError } from 'mongodb';
import { ERASED_FIELDS, erasedValues } from './erased-profile.ts';
import { initialDisplayName, initialPrivacy, initialStatistics, type Person, type Place } from './person.ts';

/** What a profile is made from: an account's names, and the version of the event that told them (0 when fetched). */
export interface NewProfile {
  readonly userId: string;
  readonly username: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly version: number;
}

/** Fields of a page that its owner may change. Null empties one; absent ones stay. */
export interface ProfileChanges {
  readonly displayName?: string;
  readonly firstName?: string | null;
  readonly lastName?: string | null;
  readonly bio?: string | null;
  readonly tagline?: string | null;
  readonly dateOfBirth?: Date | null;
  readonly location?: Place | null;
  readonly website?: string | null;
  readonly avatarUrl?: string | null;
  readonly avatarMediaId?: string | null;
  readonly coverImageUrl?: string | null;
  readonly coverMediaId?: string | null;
}

/** By how much counts change, by user. */
export type StatisticsChanges = ReadonlyMap<string, Partial<ProfileStatistics>>;

/** People's pages. */
export interface ProfileRepository {
  /** Those of the ids that exist, in no order. */
  findByUserIds(userIds: readonly string[]): Promise<Person[]>;
  /** The newest holder of a username, hidden people left out. */
  findByUsername(username: string): Promise<Person | undefined>;
  /** Makes a page unless there is one. @returns the new one, or undefined. */
  insertIfAbsent(tx: MongoTransaction, profile: NewProfile): Promise<Person | undefined>;
  /** @returns the changed page, or undefined when it doesn't exist or is erased. */
  update(tx: MongoTransaction, userId: string, changes: ProfileChanges): Promise<Person | undefined>;
  updatePrivacy(tx: MongoTransaction, userId: string, changes: Partial<PrivacySettings>): Promise<Person | undefined>;
  /** Removes a file wherever it is a picture of the page. @returns the changed page, or undefined when it is none. */
  dropPicture(tx: MongoTransaction, userId: string, mediaId: string): Promise<Person | undefined>;
  /** Takes a username over unless a newer one is known. @returns whether it did. */
  renameIfNewer(tx: MongoTransaction, userId: string, username: string, version: number): Promise<boolean>;
  /** Hides or shows a person unless something newer is known. @returns whether it did. */
  setActiveIfNewer(tx: MongoTransaction, userId: string, isActive: boolean, version: number): Promise<boolean>;
  /** Leaves a tombstone without personal data. @returns it, or undefined when there was nothing or only that. */
  erase(tx: MongoTransaction, userId: string): Promise<Person | undefined>;
  /** Changes counts. @returns how many of the people exist and are not erased. */
  addToStatistics(tx: MongoTransaction, changes: StatisticsChanges): Promise<number>;
}

/** The stored document as the rest of the service knows it. */
export function toPerson(stored: UserProfileDocument): Person {
  const { location } = stored;
  return {
    userId: stored.userId,
    username: stored.username,
    displayName: stored.displayName,
    avatarUrl: stored.avatarUrl ?? null,
    coverImageUrl: stored.coverImageUrl ?? null,
    avatarMediaId: stored.avatarMediaId ? fromObjectId(stored.avatarMediaId) : null,
    coverMediaId: stored.coverMediaId ? fromObjectId(stored.coverMediaId) : null,
    firstName: stored.firstName ?? null,
    lastName: stored.lastName ?? null,
    bio: stored.bio ?? null,
    tagline: stored.tagline ?? null,
    dateOfBirth: stored.dateOfBirth ?? null,
    location: location
      ? { city: location.city ?? null, state: location.state ?? null, country: location.country ?? null }
      : null,
    website: stored.website ?? null,
    privacy: stored.privacySettings,
    statistics: stored.statistics,
    isHidden: stored.isDeleted || !stored.isActive,
    version: stored.version,
    createdAt: stored.createdAt,
    updatedAt: stored.updatedAt,
  };
}

function newDocument(profile: NewProfile, now: Date): Omit<UserProfileDocument, '_id' | 'userId'> {
  const { firstName, lastName, username, version } = profile;
  const displayName = initialDisplayName(profile);
  return {
    username,
    usernameLower: username.toLowerCase(),
    displayName,
    displayNameLower: displayName.toLowerCase(),
    firstName,
    lastName,
    privacySettings: initialPrivacy(),
    statistics: initialStatistics(),
    isVerified: false,
    isPremium: false,
    isActive: true,
    isDeleted: false,
    version: 1,
    usernameVersion: version,
    statusVersion: 0,
    createdAt: now,
    updatedAt: now,
  };
}

const withoutNulls = (place: Place) => Object.fromEntries(Object.entries(place).filter(([, value]) => value !== null));

/** A value as it is stored. */
function toStored(field: string, value: NonNullable<ProfileChanges[keyof ProfileChanges]>): unknown {
  if (field === 'location') return withoutNulls(value as Place);
  return field.endsWith('MediaId') ? toObjectId(value as string) : value;
}

/** Turns changes into an update: what is null is removed. */
function toUpdate(changes: ProfileChanges) {
  const set: Record<string, unknown> = { updatedAt: new Date() };
  const unset: Record<string, ''> = {};
  for (const [field, value] of Object.entries(changes)) {
    if (value === null) unset[field] = '';
    else if (value !== undefined) set[field] = toStored(field, value);
  }
  if (changes.displayName !== undefined) set.displayNameLower = changes.displayName.toLowerCase();
  return { $set: set, $inc: { version: 1 }, ...(Object.keys(unset).length > 0 ? { $unset: unset } : {}) };
}

const DUPLICATE_KEY = 11_000;

/**
 * Of two upserts at once MongoDB fails one as a conflict, which is run again; DocumentDB fails it for the duplicate key.
 * Labelled so, both are run again, and then find the other's document.
 */
function asConflict(error: unknown): unknown {
  if (error instanceof MongoServerError && error.code === DUPLICATE_KEY)
    error.addErrorLabel('TransientTransactionError');
  return error;
}

/** Pages in `user_profiles`. */
export function createProfileRepository(db: Db): ProfileRepository {
  const profiles = db.collection<UserProfileDocument>('user_profiles');

  async function change(tx: MongoTransaction, userId: string, update: object, comment: string) {
    const changed = await profiles.findOneAndUpdate({ userId, isDeleted: false }, update, {
      session: tx.session,
      returnDocument: 'after',
      comment,
    });
    return changed ? toPerson(changed) : undefined;
  }

  return {
    async findByUserIds(userIds) {
      if (userIds.length === 0) return [];
      const rows = await profiles
        .find({ userId: { $in: [...userIds] } }, { comment: 'profiles.findByUserIds' })
        .toArray();
      return rows.map(toPerson);
    },

    async findByUsername(username) {
      // Two people who swapped names may both have one for a moment; the later event is the truth.
      const rows = await profiles
        .find(
          { usernameLower: username.toLowerCase(), isDeleted: false, isActive: true },
          // Left to itself DocumentDB also walks the index on the two flags, which nearly everybody has alike.
          { limit: 5, hint: 'user_profiles_username', comment: 'profiles.findByUsername' },
        )
        .toArray();
      const [newest] = rows.sort((a, b) => b.updatedAt.getTime() - a.updatedAt.getTime());
      return newest ? toPerson(newest) : undefined;
    },

    async insertIfAbsent(tx, profile) {
      // An upsert and not an insert: a duplicate key would end the transaction.
      const result = await profiles
        .updateOne(
          { userId: profile.userId },
          { $setOnInsert: newDocument(profile, new Date()) },
          { upsert: true, session: tx.session, comment: 'profiles.insertIfAbsent' },
        )
        .catch((error: unknown) => {
          throw asConflict(error);
        });
      if (result.upsertedCount === 0) return undefined;
      const stored = await profiles.findOne(
        { userId: profile.userId },
        { session: tx.session, comment: 'profiles.insertIfAbsent' },
      );
      return stored ? toPerson(stored) : undefined;
    },

    update: (tx, userId, changes) => change(tx, userId, toUpdate(changes), 'profiles.update'),

    updatePrivacy(tx, userId, changes) {
      const set = Object.entries(changes).map(([setting, value]) => [`privacySettings.${setting}`, value]);
      const update = { $set: { ...Object.fromEntries(set), updatedAt: new Date() }, $inc: { version: 1 } };
      return change(tx, userId, update, 'profiles.updatePrivacy');
    },

    async dropPicture(tx, userId, mediaId) {
      const stored = await profiles.findOne({ userId }, { session: tx.session, comment: 'profiles.dropPicture' });
      const person = stored && toPerson(stored);
      const isAvatar = person?.avatarMediaId === mediaId;
      const isCover = person?.coverMediaId === mediaId;
      if (!isAvatar && !isCover) return undefined;
      const changes: ProfileChanges = {
        ...(isAvatar ? { avatarUrl: null, avatarMediaId: null } : {}),
        ...(isCover ? { coverImageUrl: null, coverMediaId: null } : {}),
      };
      return change(tx, userId, toUpdate(changes), 'profiles.dropPicture');
    },

    async renameIfNewer(tx, userId, username, version) {
      const renamed = await profiles.updateOne(
        { userId, isDeleted: false, usernameVersion: { $lt: version } },
        { $set: { username, usernameLower: username.toLowerCase(), usernameVersion: version, updatedAt: new Date() } },
        { session: tx.session, comment: 'profiles.renameIfNewer' },
      );
      return renamed.matchedCount > 0;
    },

    async setActiveIfNewer(tx, userId, isActive, version) {
      const changed = await profiles.updateOne(
        { userId, isDeleted: false, statusVersion: { $lt: version } },
        { $set: { isActive, statusVersion: version, updatedAt: new Date() } },
        { session: tx.session, comment: 'profiles.setActiveIfNewer' },
      );
      return changed.matchedCount > 0;
    },

    erase: (tx, userId) =>
      change(
        tx,
        userId,
        { $set: erasedValues(userId, new Date()), $unset: ERASED_FIELDS, $inc: { version: 1 } },
        'profiles.erase',
      ),

    async addToStatistics(tx, changes) {
      let found = 0;
      // Always in the same order, so that two transactions about the same people can't wait for one another.
      for (const userId of [...changes.keys()].sort()) {
        const counts = Object.entries(changes.get(userId) ?? {}).map(([name, by]) => [`statistics.${name}`, by]);
        const result = await profiles.updateOne(
          { userId, isDeleted: false },
          { $inc: Object.fromEntries(counts) },
          { session: tx.session, comment: 'profiles.addToStatistics' },
        );
        found += result.matchedCount;
      }
      return found;
    },
  };
}
