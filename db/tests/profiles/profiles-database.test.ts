import { randomUUID } from 'node:crypto';
import { Double, ObjectId } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrateMongoDatabase, profilesDatabase, statusOf } from '../../src/profiles/index.ts';
import { eventually } from '../mongo/eventually.ts';
import { brokenRules, fieldsWithout, ruleCases } from '../mongo/rule-cases.ts';
import {
  activity,
  edge,
  endorsement,
  type Fields,
  fullSamples,
  openProfilesStore,
  type ProfilesStore,
  place,
  privacySettings,
  profile,
  request,
  statistics,
  view,
} from './profiles-store.ts';

let store: ProfilesStore;
beforeAll(async () => {
  store = await openProfilesStore();
});
afterAll(() => store.drop());

const VALIDATION_FAILED = { code: 121 };
const DUPLICATE_KEY = { code: 11_000 };
const now = new Date();
const ALONE = randomUUID();

const without = (document: Fields, ...fields: string[]) =>
  Object.fromEntries(Object.entries(document).filter(([field]) => !fields.includes(field)));
const insert = (collection: string, document: Fields) => store.db.collection(collection).insertOne({ ...document });
const withPrivacy = (changes: Fields) => profile({ privacySettings: { ...privacySettings, ...changes } });
/** The outbox and the inbox are the kit's, which tests them. */
const OWN = profilesDatabase.collections.filter(({ name }) => !['outbox', 'outbox_relay', 'inbox'].includes(name));

describe('the database of profiles', () => {
  it('is as defined after the migration, under the specification’s name', async () => {
    expect((await statusOf(store.db, profilesDatabase)).isUpToDate).toBe(true);
    expect(await migrateMongoDatabase(store.db, profilesDatabase)).toEqual([]);
    expect(profilesDatabase.name).toBe('UserProfileServiceDB');
  });

  it.each(OWN.map((definition) => [definition.name, definition] as const))(
    'takes what is at the limits of every rule of %s and refuses what is beyond',
    async (name, definition) => {
      const sample = fullSamples[name];
      if (!sample) throw new Error(`There is no sample of ${name}`);
      expect(fieldsWithout(definition.validator.$jsonSchema, sample())).toEqual([]);
      expect(await brokenRules(store.db, name, ruleCases(definition, sample))).toEqual([]);
    },
  );

  it('says of every index which query it serves', () => {
    for (const { indexes } of profilesDatabase.collections) {
      for (const { name, serves } of indexes) expect(serves, name).toMatch(/\w{3}/);
    }
  });
});

describe('user_profiles', () => {
  it.each<[string, Fields]>([
    ['a new profile, as it was before the fields that may be absent', profile()],
    ['a count that drifted', profile({ statistics: { ...statistics, friendsCount: -1 } })],
    ['a school that goes on', profile({ education: [{ id: '1', school: 'Home', current: true }] })],
    ['an embedded field named language, which a text index would read', profile({ languages: [{ language: 'xx' }] })],
    ['the strictest settings', withPrivacy({ profileVisibility: 'Private', allowMessages: 'None' })],
  ])('takes %s', async (_what, document) => {
    await expect(insert('user_profiles', document)).resolves.toBeTruthy();
  });

  it.each<[string, Fields]>([
    ['a user id in capitals', profile({ userId: randomUUID().toUpperCase() })],
    ['a username with a space', profile({ username: 'a b c' })],
    ['a folded username with capitals', profile({ usernameLower: 'Ada_1' })],
    ['a page without https', profile({ website: 'http://a.example' })],
    ['a script as link', profile({ socialLinks: { twitter: 'javascript:alert(1)' } })],
    ['coordinates that are no point', profile({ location: { coordinates: { type: 'Polygon', coordinates: [] } } })],
    ['coordinates as two names', profile({ location: { coordinates: { latitude: 1, longitude: 2 } } })],
    ['a point of one number', profile({ location: { coordinates: { type: 'Point', coordinates: [new Double(1)] } } })],
    ['a language of three letters', profile({ accountSettings: { language: 'eng' } })],
  ])('refuses %s', async (_what, document) => {
    await expect(insert('user_profiles', document)).rejects.toMatchObject(VALIDATION_FAILED);
  });

  it('has one profile per account, and lets two share a username for the moment of a swap', async () => {
    const first = profile();
    await insert('user_profiles', first);
    await expect(insert('user_profiles', profile({ userId: first.userId }))).rejects.toMatchObject(DUPLICATE_KEY);
    await insert('user_profiles', profile({ username: first.username, usernameLower: first.usernameLower }));
  });

  it('finds people near a place, nearest first', async () => {
    const [vienna, linz, paris] = [
      profile(place(16.37, 48.21)),
      profile(place(14.29, 48.31)),
      profile(place(2.35, 48.86)),
    ];
    for (const document of [paris, linz, vienna, profile()]) await insert('user_profiles', document);
    const within = async (metres: number) => {
      const near = { $geometry: { type: 'Point' as const, coordinates: [16.4, 48.2] }, $maxDistance: metres };
      const found = await store.db
        .collection('user_profiles')
        .find({ 'location.coordinates': { $near: near } })
        .toArray();
      return found.map(({ userId }) => userId);
    };
    expect(await within(10_000)).toEqual([vienna.userId]);
    expect(await within(300_000)).toEqual([vienna.userId, linz.userId]);
  });

  it('finds people by words of their name or text, as they are written, within what the viewer may see', async () => {
    const people = [
      profile({ displayName: 'Grace Zugspitze', displayNameLower: 'grace zugspitze' }),
      profile({ displayName: 'Linus', displayNameLower: 'linus', bio: 'climbs the Zugspitze' }),
      profile({ displayName: 'Zugspitze hidden', displayNameLower: 'zugspitze hidden', isActive: false }),
    ];
    for (const document of people) await insert('user_profiles', document);
    const search = async (words: string) => {
      const found = await store.db
        .collection('user_profiles')
        .find(
          { $text: { $search: words }, isActive: true, isDeleted: false },
          { projection: { displayName: 1, score: { $meta: 'textScore' } }, sort: { score: { $meta: 'textScore' } } },
        )
        .toArray();
      return found.map(({ displayName }) => displayName);
    };
    // The name weighs more than the text.
    expect(await search('zugspitze')).toEqual(['Grace Zugspitze', 'Linus']);
    expect(await search('climb')).toEqual([]);
    expect(await search('the')).toEqual(['Linus']);
  });
});

describe('friend_requests', () => {
  it('takes an answered one without an end', async () => {
    const answered = without(request({ status: 'Accepted', respondedAt: now }), 'expiresAt');
    await expect(insert('friend_requests', answered)).resolves.toBeTruthy();
  });

  it('refuses a request to oneself', async () => {
    const alone = request({ senderId: ALONE, receiverId: ALONE });
    await expect(insert('friend_requests', alone)).rejects.toMatchObject(VALIDATION_FAILED);
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
    await store.db
      .collection('friend_requests')
      .updateOne({ pairKey, status: 'Pending' }, { $set: { status: 'Accepted' } });
    await insert('friend_requests', { ...crossing, _id: new ObjectId() });
  });
});

describe('relationships', () => {
  it('refuse an edge to oneself', async () => {
    const alone = edge({ from: ALONE, to: ALONE });
    await expect(insert('relationships', alone)).rejects.toMatchObject(VALIDATION_FAILED);
  });

  it('has one edge of a kind from one person to another', async () => {
    const first = edge();
    await insert('relationships', first);
    await expect(insert('relationships', { ...first, _id: new ObjectId() })).rejects.toMatchObject(DUPLICATE_KEY);
    await insert('relationships', { ...first, _id: new ObjectId(), kind: 'Block' });
    await insert('relationships', { ...first, _id: new ObjectId(), from: first.to, to: first.from });
  });

  it('has a revision per pair of two ids', async () => {
    const _id = `${randomUUID()}:${randomUUID()}`;
    await insert('relationship_pairs', { _id, revision: 0 });
    await expect(insert('relationship_pairs', { _id, revision: 0 })).rejects.toMatchObject(DUPLICATE_KEY);
  });
});

describe('skill_endorsements', () => {
  it('refuse that people praise themselves', async () => {
    const own = endorsement({ userId: ALONE, endorserId: ALONE });
    await expect(insert('skill_endorsements', own)).rejects.toMatchObject(VALIDATION_FAILED);
  });

  it('have one of a person for each skill of another', async () => {
    const first = endorsement();
    await insert('skill_endorsements', first);
    await expect(insert('skill_endorsements', first)).rejects.toMatchObject(DUPLICATE_KEY);
    await insert('skill_endorsements', { ...first, skillLower: 'music' });
    await insert('skill_endorsements', { ...first, endorserId: randomUUID() });
  });
});

describe('profile_views', () => {
  it('refuse a look at one’s own profile', async () => {
    await expect(insert('profile_views', view({ userId: ALONE, viewerId: ALONE }))).rejects.toMatchObject(
      VALIDATION_FAILED,
    );
  });

  it('have one per viewer and day, however many processes count at once', async () => {
    const { userId, viewerId, day, viewedAt, expiresAt } = view();
    const look = (on: unknown) =>
      store.db
        .collection('profile_views')
        .updateOne({ userId, viewerId, day: on }, { $setOnInsert: { viewedAt, expiresAt } }, { upsert: true });
    const looks = await Promise.all(Array.from({ length: 10 }, () => look(day)));
    expect(looks.filter(({ upsertedCount }) => upsertedCount === 1)).toHaveLength(1);
    expect((await look('2026-11-26')).upsertedCount).toBe(1);
    await expect(insert('profile_views', view({ userId, viewerId, day }))).rejects.toMatchObject(DUPLICATE_KEY);
  });
});

describe('what ends by itself', () => {
  it('is gone after its time, and nothing else is', async () => {
    const past = new Date(Date.now() - 1_000);
    const ttl = [
      ['friend_requests', request, 'sweepAt'],
      ['user_activities', activity, 'expiresAt'],
      ['profile_views', view, 'expiresAt'],
    ] as const;
    const kept = new Map<string, ObjectId>();
    for (const [collection, sample, field] of ttl) {
      await insert(collection, { ...sample(), _id: new ObjectId(), [field]: past });
      kept.set(collection, new ObjectId());
      await insert(collection, { ...sample(), _id: kept.get(collection) });
    }
    for (const [collection, , field] of ttl) {
      const documents = store.db.collection(collection);
      await eventually(async () => expect(await documents.countDocuments({ [field]: { $lte: past } })).toBe(0));
      expect(await documents.countDocuments({ _id: kept.get(collection) ?? new ObjectId() })).toBe(1);
    }
  }, 120_000);

  it('is never a friend request at the time the job ends it', () => {
    const [requests] = profilesDatabase.collections.filter(({ name }) => name === 'friend_requests');
    const ttl = requests?.indexes.filter(({ options }) => options?.expireAfterSeconds !== undefined);
    expect(ttl?.map(({ key }) => key)).toEqual([{ sweepAt: 1 }]);
  });
});
