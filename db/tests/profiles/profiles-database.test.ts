import { randomBytes, randomUUID } from 'node:crypto';
import { type Db, Double, MongoClient, ObjectId } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrateMongoDatabase, profilesDatabase, statusOf } from '../../src/profiles/index.ts';
import { mongodbUrl } from '../mongo/mongodb-url.ts';

const client = new MongoClient(mongodbUrl());
let db: Db;
beforeAll(async () => {
  db = client.db(`profiles_${randomBytes(6).toString('hex')}`);
  await migrateMongoDatabase(db, profilesDatabase);
});
afterAll(async () => {
  await db.dropDatabase();
  await client.close();
});

type Fields = Record<string, unknown>;
const VALIDATION_FAILED = { code: 121 };
const DUPLICATE_KEY = { code: 11_000 };
const now = new Date();
const ALONE = randomUUID();

const privacySettings = {
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
const statistics = {
  friendsCount: 0,
  followersCount: 0,
  followingCount: 0,
  postsCount: 0,
  photosCount: 0,
  videosCount: 0,
  profileViewsCount: 0,
};
const profile = (changes: Fields = {}): Fields => ({
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
const request = (changes: Fields = {}): Fields => {
  const [senderId, receiverId] = [randomUUID(), randomUUID()];
  return {
    pairKey: [senderId, receiverId].sort().join(':'),
    senderId,
    receiverId,
    status: 'Pending',
    sentAt: now,
    expiresAt: now,
    sweepAt: new Date(Date.now() + 3_600_000),
    createdAt: now,
    updatedAt: now,
    ...changes,
  };
};
const activity = (changes: Fields = {}): Fields => ({
  userId: randomUUID(),
  activityType: 'ProfileUpdated',
  metadata: { fields: ['bio'] },
  isPublic: false,
  createdAt: now,
  expiresAt: new Date(Date.now() + 3_600_000),
  ...changes,
});
const edge = (changes: Fields = {}): Fields => ({
  from: randomUUID(),
  to: randomUUID(),
  kind: 'Follow',
  version: 1,
  createdAt: now,
  ...changes,
});

const without = (document: Fields, ...fields: string[]) =>
  Object.fromEntries(Object.entries(document).filter(([field]) => !fields.includes(field)));
const insert = (collection: string, document: Fields) => db.collection(collection).insertOne({ ...document });
const withPrivacy = (changes: Fields) => profile({ privacySettings: { ...privacySettings, ...changes } });
const point = (longitude: number, latitude: number) => ({
  location: { coordinates: { type: 'Point', coordinates: [new Double(longitude), new Double(latitude)] } },
});

it('is as defined after the migration, under the specification’s name', async () => {
  expect((await statusOf(db, profilesDatabase)).isUpToDate).toBe(true);
  expect(profilesDatabase.name).toBe('UserProfileServiceDB');
});

describe('user_profiles', () => {
  it.each<[string, Fields]>([
    ['a new profile', profile()],
    [
      'a full one',
      profile({
        firstName: 'Ada',
        lastName: 'King',
        bio: 'x'.repeat(500),
        tagline: 'x'.repeat(100),
        dateOfBirth: now,
        gender: 'PreferNotToSay',
        avatarUrl: 'https://cdn.example/a',
        website: 'https://ada.example/',
        socialLinks: { github: 'https://github.example/ada' },
        education: [{ id: '1', school: 'Home', startDate: now, current: false }],
        experience: [
          { id: '1', company: 'Engine', position: 'Analyst', employmentType: 'Freelance', skills: ['notes'] },
        ],
        skills: [{ name: 'Mathematics', level: 'Expert', yearsOfExperience: 20, endorsements: 3 }],
        certifications: [{ id: '1', name: 'C', issuingOrganization: 'O', credentialUrl: 'https://o.example/c' }],
        languages: [{ language: 'English', proficiency: 'Native' }],
        interests: ['engines'],
        accountSettings: { language: 'en', timezone: 'Europe/London', dateFormat: 'YYYY-MM-DD', theme: 'Dark' },
      }),
    ],
    ['a place on earth', profile(point(-0.1, 51.5))],
    ['a count that drifted', profile({ statistics: { ...statistics, friendsCount: -1 } })],
    ['each visibility', withPrivacy({ profileVisibility: 'Private', allowMessages: 'None' })],
    ['an embedded field named language, which a text index would read', profile({ languages: [{ language: 'xx' }] })],
  ])('takes %s', async (_what, document) => {
    await expect(insert('user_profiles', document)).resolves.toBeTruthy();
  });

  it.each<[string, Fields]>([
    ...Object.keys(profile()).map((field): [string, Fields] => [
      `a profile without ${field}`,
      without(profile(), field),
    ]),
    ['a user id that is no UUID', profile({ userId: 'ada' })],
    ['a user id in capitals', profile({ userId: randomUUID().toUpperCase() })],
    ['a username of two characters', profile({ username: 'ab' })],
    ['a username of 51 characters', profile({ username: 'a'.repeat(51) })],
    ['a username with a space', profile({ username: 'a b c' })],
    ['a folded username with capitals', profile({ usernameLower: 'Ada_1' })],
    ['an empty display name', profile({ displayName: '' })],
    ['a bio of 501 characters', profile({ bio: 'x'.repeat(501) })],
    ['a tagline of 101 characters', profile({ tagline: 'x'.repeat(101) })],
    ['a birth date that is text', profile({ dateOfBirth: '1815-12-10' })],
    ['a page without https', profile({ website: 'http://a.example' })],
    ['a script as link', profile({ socialLinks: { twitter: 'javascript:alert(1)' } })],
    ['an unknown gender', profile({ gender: 'x' })],
    ['an unknown visibility', withPrivacy({ profileVisibility: 'Nobody' })],
    ['an unknown audience of messages', withPrivacy({ allowMessages: 'Public' })],
    ['a missing privacy switch', profile({ privacySettings: without(privacySettings, 'showEmail') })],
    ['a privacy switch that is text', withPrivacy({ showEmail: 'no' })],
    ['coordinates that are no point', profile({ location: { coordinates: { type: 'Polygon', coordinates: [] } } })],
    ['a point of one number', profile({ location: { coordinates: { type: 'Point', coordinates: [new Double(1)] } } })],
    ['a school without a name', profile({ education: [{ id: '1' }] })],
    [
      'an unknown kind of employment',
      profile({ experience: [{ id: '1', company: 'c', position: 'p', employmentType: 'x' }] }),
    ],
    ['an unknown level of skill', profile({ skills: [{ name: 'x', level: 'God' }] })],
    ['101 skills', profile({ skills: Array.from({ length: 101 }, (_, n) => ({ name: `s${n}` })) })],
    ['an unknown proficiency', profile({ languages: [{ language: 'x', proficiency: 'x' }] })],
    ['an unknown theme', profile({ accountSettings: { theme: 'x' } })],
    ['a negative version', profile({ version: -1 })],
    ['a count that is text', profile({ statistics: { ...statistics, friendsCount: 'many' } })],
  ])('refuses %s', async (_what, document) => {
    await expect(insert('user_profiles', document)).rejects.toMatchObject(VALIDATION_FAILED);
  });

  it('has one profile per account, and lets two share a username for the moment of a swap', async () => {
    const first = profile();
    await insert('user_profiles', first);
    await expect(insert('user_profiles', profile({ userId: first.userId }))).rejects.toMatchObject(DUPLICATE_KEY);
    await insert('user_profiles', profile({ username: first.username, usernameLower: first.usernameLower }));
  });

  it('finds people near a place', async () => {
    const vienna = profile(point(16.37, 48.21));
    await insert('user_profiles', vienna);
    const near = { $geometry: { type: 'Point' as const, coordinates: [16.4, 48.2] }, $maxDistance: 10_000 };
    const found = await db
      .collection('user_profiles')
      .find({ 'location.coordinates': { $near: near } })
      .toArray();
    expect(found.map(({ userId }) => userId)).toEqual([vienna.userId]);
  });
});

describe('friend_requests', () => {
  it.each<[string, Fields]>([
    ...['Pending', 'Accepted', 'Rejected', 'Cancelled'].map((status): [string, Fields] => [
      `a request that is ${status}`,
      request({ status }),
    ]),
    ['a message of 200 characters', request({ message: 'x'.repeat(200) })],
    ['an answered one without an end', without(request({ status: 'Accepted', respondedAt: now }), 'expiresAt')],
  ])('takes %s', async (_what, document) => {
    await expect(insert('friend_requests', document)).resolves.toBeTruthy();
  });

  it.each<[string, Fields]>([
    ...['pairKey', 'senderId', 'receiverId', 'status', 'sentAt', 'sweepAt', 'createdAt', 'updatedAt'].map(
      (field): [string, Fields] => [`a request without ${field}`, without(request(), field)],
    ),
    ['a request to oneself', request({ senderId: ALONE, receiverId: ALONE })],
    ['an unknown status', request({ status: 'Expired' })],
    ['a message of 201 characters', request({ message: 'x'.repeat(201) })],
    ['a sender who is no UUID', request({ senderId: 'x' })],
  ])('refuses %s', async (_what, document) => {
    await expect(insert('friend_requests', document)).rejects.toMatchObject(VALIDATION_FAILED);
  });

  it('has one pending request per pair, whoever asks, and any number of ended ones', async () => {
    const first = request();
    const { pairKey, senderId, receiverId } = first;
    await insert('friend_requests', first);
    const crossing = request({ pairKey, senderId: receiverId, receiverId: senderId });
    await expect(insert('friend_requests', crossing)).rejects.toMatchObject(DUPLICATE_KEY);
    for (const status of ['Rejected', 'Rejected', 'Cancelled']) {
      await insert('friend_requests', { ...crossing, _id: new ObjectId(), status });
    }
    await db.collection('friend_requests').updateOne({ pairKey, status: 'Pending' }, { $set: { status: 'Accepted' } });
    await insert('friend_requests', { ...crossing, _id: new ObjectId() });
  });
});

describe('user_activities', () => {
  it.each<[string, Fields]>([
    ['an activity', activity()],
    ['each kind', activity({ activityType: 'CertificationAdded' })],
  ])('takes %s', async (_what, document) => {
    await expect(insert('user_activities', document)).resolves.toBeTruthy();
  });

  it.each<[string, Fields]>([
    ...Object.keys(activity()).map((field): [string, Fields] => [`one without ${field}`, without(activity(), field)]),
    ['an unknown kind', activity({ activityType: 'Slept' })],
    ['metadata that is text', activity({ metadata: 'bio' })],
  ])('refuses %s', async (_what, document) => {
    await expect(insert('user_activities', document)).rejects.toMatchObject(VALIDATION_FAILED);
  });
});

describe('relationships', () => {
  it.each(['Friend', 'Follow', 'Block', 'Mute'])('takes an edge that means %s', async (kind) => {
    await expect(insert('relationships', edge({ kind }))).resolves.toBeTruthy();
  });

  it.each<[string, Fields]>([
    ...Object.keys(edge()).map((field): [string, Fields] => [`an edge without ${field}`, without(edge(), field)]),
    ['an edge to oneself', edge({ from: ALONE, to: ALONE })],
    ['an unknown kind', edge({ kind: 'Foe' })],
    ['an end that is no UUID', edge({ to: 'x' })],
  ])('refuses %s', async (_what, document) => {
    await expect(insert('relationships', document)).rejects.toMatchObject(VALIDATION_FAILED);
  });

  it('has one edge of a kind from one person to another', async () => {
    const first = edge();
    await insert('relationships', first);
    await expect(insert('relationships', { ...first, _id: new ObjectId() })).rejects.toMatchObject(DUPLICATE_KEY);
    await insert('relationships', { ...first, _id: new ObjectId(), kind: 'Block' });
    await insert('relationships', { ...first, _id: new ObjectId(), from: first.to, to: first.from });
  });

  it('has a revision per pair of two ids', async () => {
    await expect(insert('relationship_pairs', { _id: 'x' as never, revision: 0 })).rejects.toMatchObject(
      VALIDATION_FAILED,
    );
    const _id = `${randomUUID()}:${randomUUID()}` as never;
    await insert('relationship_pairs', { _id, revision: 0 });
    await expect(insert('relationship_pairs', { _id, revision: 0 })).rejects.toMatchObject(DUPLICATE_KEY);
  });
});

describe('what ends by itself', () => {
  it.each([
    ['friend_requests', 'friend_requests_sweep', { sweepAt: 1 }],
    ['user_activities', 'user_activities_expiry', { expiresAt: 1 }],
  ])('%s has an index that removes documents at their time', async (collection, name, key) => {
    const indexes = await db.collection(collection).indexes();
    expect(indexes.find((index) => index.name === name)).toMatchObject({ key, expireAfterSeconds: 0 });
  });

  it('is never a friend request at the time the job ends it', () => {
    const [requests] = profilesDatabase.collections.filter(({ name }) => name === 'friend_requests');
    const ttl = requests?.indexes.filter(({ options }) => options?.expireAfterSeconds !== undefined);
    expect(ttl?.map(({ key }) => key)).toEqual([{ sweepAt: 1 }]);
  });
});

it('every index says which query it serves', () => {
  for (const { indexes } of profilesDatabase.collections) {
    for (const { name, serves } of indexes) expect(serves, name).toMatch(/\w{3}/);
  }
});
