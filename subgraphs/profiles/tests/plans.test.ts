import { indexUseOf, migrateMongoDatabase, profilesDatabase } from '@postbook/db/profiles';
import { uuidv7 } from '@postbook/events';
import { createMongoTransactor, type PageRequest, type TimeKey } from '@postbook/service-kit';
import { dropMongoDatabase, testStores, uniqueName } from '@postbook/testkit';
import { type Db, type Document, MongoClient, ObjectId } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPeopleFeedRepository } from '../src/feed/people-feed-repository.ts';
import { createFriendRequestRepository } from '../src/friend-request/friend-request-repository.ts';
import { initialPrivacy, initialStatistics } from '../src/profile/person.ts';
import { createProfileRepository } from '../src/profile/profile-repository.ts';
import { createEdgeRepository } from '../src/relationship/edge-repository.ts';
import { pairKeyOf } from '../src/relationship/relation-facts.ts';
import { createSearchRepository } from '../src/search/search-repository.ts';
import { searchTextOf } from '../src/search/search-text.ts';

// The commands that repositories really send are caught on their way and explained, so that a query can't drift away
// from its test.
const PEOPLE = 4_000;
const database = uniqueName('plans');
const client = new MongoClient(testStores().mongodbUrl, { monitorCommands: true });
const finds: Document[] = [];
client.on('commandStarted', ({ command, commandName }) => {
  if (commandName === 'find') finds.push(command);
});
let db: Db;
const ids = Array.from({ length: PEOPLE }, () => uuidv7());
const [star = '', other = ''] = ids;
const now = new Date();
const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000);

const profileOf = (userId: string, n: number) => ({
  userId,
  username: `user_${n}`,
  usernameLower: `user_${n}`,
  displayName: `Name ${n}`,
  displayNameLower: `name ${n}`,
  bio: n % 100 === 0 ? 'quokka keeper' : 'somebody',
  privacySettings: initialPrivacy(),
  statistics: initialStatistics(),
  isVerified: false,
  isPremium: false,
  isActive: true,
  isDeleted: false,
  version: 1,
  usernameVersion: 1,
  statusVersion: 0,
  createdAt: now,
  updatedAt: now,
});

const edgesOf = (userId: string, n: number) => [
  { from: userId, to: star, kind: 'Follow', version: 1, createdAt: minutesAgo(n) },
  { from: star, to: userId, kind: 'Follow', version: 1, createdAt: minutesAgo(n) },
  { from: userId, to: ids[(n + 7) % PEOPLE] ?? other, kind: 'Mute', version: 1, createdAt: minutesAgo(n) },
];

const requestOf = (senderId: string, receiverId: string, n: number, status: string) => ({
  pairKey: pairKeyOf(senderId, receiverId),
  senderId,
  receiverId,
  status,
  sentAt: minutesAgo(n),
  expiresAt: minutesAgo(-n),
  ...(status === 'Pending' ? {} : { respondedAt: minutesAgo(n) }),
  sweepAt: minutesAgo(-n - 1_000),
  createdAt: now,
  updatedAt: now,
});

beforeAll(async () => {
  await client.connect();
  db = client.db(database);
  await migrateMongoDatabase(db, profilesDatabase);
  const others = ids.slice(1);
  await db.collection('user_profiles').insertMany(ids.map(profileOf));
  await db
    .collection<{ _id: string }>('relationship_pairs')
    .insertMany(others.map((userId) => ({ _id: pairKeyOf(star, userId), revision: 1, updatedAt: now })));
  await db.collection('relationships').insertMany(others.flatMap((userId, n) => edgesOf(userId, n + 1)));
  await db
    .collection('friend_requests')
    .insertMany(
      others.flatMap((userId, n) => [
        requestOf(userId, star, n + 1, n % 2 ? 'Pending' : 'Rejected'),
        requestOf(ids[n] ?? star, userId, n + 1, 'Accepted'),
      ]),
    );
});
afterAll(async () => {
  await client.close();
  await dropMongoDatabase(database);
});

const OPTIONS = ['filter', 'sort', 'limit', 'projection', 'hint'];

async function plansOf(work: () => Promise<unknown>) {
  finds.length = 0;
  await work();
  const sent = finds.splice(0);
  expect(sent.length).toBeGreaterThan(0);
  return Promise.all(
    sent.map(async (command) => {
      const options = Object.fromEntries(OPTIONS.flatMap((name) => (name in command ? [[name, command[name]]] : [])));
      const explained = await db.command({ explain: { find: command.find, ...options }, verbosity: 'queryPlanner' });
      expect(command.comment, 'every query is named').toMatch(/^\w+\.\w+$/);
      return indexUseOf(explained);
    }),
  );
}

const usesOnly = (...indexes: string[]) =>
  indexes.map((name) => expect.objectContaining({ indexes: [name], scansCollection: false }));
const inOrder = (name: string) => [{ indexes: [name], scansCollection: false, sortsInMemory: false }];

const key = (at: Date): TimeKey => ({ at, id: new ObjectId().toHexString() });
const PAGES: [string, PageRequest<TimeKey>][] = [
  ['the first page', { limit: 21, direction: 'forward' }],
  ['a later page', { limit: 21, direction: 'forward', cursor: key(minutesAgo(2_000)) }],
  ['the last page', { limit: 21, direction: 'backward' }],
  ['an earlier page', { limit: 21, direction: 'backward', cursor: key(minutesAgo(2_000)) }],
];

describe('the feeds for other services', () => {
  const since = minutesAgo(60);
  // Small beside the collection, as a real page is: of a page that is an eighth of it, sorting is cheaper.
  const later = { limit: 50, direction: 'forward', cursor: { at: minutesAgo(30), id: star } } as const;
  const back = { ...later, direction: 'backward' } as const;
  const first = { limit: 50, direction: 'forward' } as const;

  it.each([
    ['all profiles', undefined, first],
    ['profiles that changed', since, first],
    ['a later page', since, later],
    ['an earlier page', since, back],
  ] as const)('read %s in order', async (_what, moment, request) => {
    const feed = createPeopleFeedRepository(db);
    expect(await plansOf(() => feed.profiles(moment, request))).toEqual(inOrder('user_profiles_updated'));
    expect(await plansOf(() => feed.pairs(moment, request))).toEqual(inOrder('relationship_pairs_updated'));
  });

  it('read the edges of pairs by the pairs', async () => {
    const feed = createPeopleFeedRepository(db);
    const pairs = ids.slice(1, 400).map((id): [string, string] => [star, id]);
    expect(await plansOf(() => feed.edgesOf(pairs))).toEqual(usesOnly('relationships_edge'));
  });
});

describe('profiles', () => {
  it('of a batch of users', async () => {
    const { findByUserIds } = createProfileRepository(db);
    expect(await plansOf(() => findByUserIds(ids.slice(10, 40)))).toEqual(usesOnly('user_profiles_user'));
  });

  it('by username', async () => {
    const { findByUsername } = createProfileRepository(db);
    expect(await plansOf(() => findByUsername('User_77'))).toEqual(usesOnly('user_profiles_username'));
  });
});

describe('relationships', () => {
  it('between a viewer and a batch of people, both ways', async () => {
    const { factsBetween } = createEdgeRepository(db);
    const plans = await plansOf(() => factsBetween(star, ids.slice(10, 40)));
    expect(plans).toEqual(usesOnly('relationships_edge', 'relationships_edge'));
  });

  it.each(PAGES)('%s of followed people is read in order', async (_page, request) => {
    const { list } = createEdgeRepository(db);
    const plans = await plansOf(() => list({ userId: star, kind: 'Follow', end: 'from' }, request));
    expect(plans).toEqual(inOrder('relationships_outgoing'));
  });

  it.each(PAGES)('%s of followers is read in order', async (_page, request) => {
    const { list } = createEdgeRepository(db);
    const plans = await plansOf(() => list({ userId: star, kind: 'Follow', end: 'to' }, request));
    expect(plans).toEqual(inOrder('relationships_incoming'));
  });
});

describe('friend requests', () => {
  it.each(PAGES)('%s of those that wait for a receiver is read in order', async (_page, request) => {
    const { listWaiting } = createFriendRequestRepository(db);
    const plans = await plansOf(() => listWaiting('receiverId', star, now, request));
    expect(plans).toEqual(inOrder('friend_requests_incoming'));
  });

  it('that wait between a viewer and a batch of people', async () => {
    const { waitingBetween } = createFriendRequestRepository(db);
    const plans = await plansOf(() => waitingBetween(star, ids.slice(10, 40), now));
    expect(plans).toEqual(usesOnly('friend_requests_pending_pair'));
  });

  it('that the receiver refused lately', async () => {
    const { wasRejectedSince } = createFriendRequestRepository(db);
    const transactor = createMongoTransactor(client);
    const plans = await plansOf(() => transactor.run((tx) => wasRejectedSince(tx, other, star, minutesAgo(60))));
    expect(plans).toEqual(usesOnly('friend_requests_pair'));
  });

  it('that have expired', async () => {
    const { findExpired } = createFriendRequestRepository(db);
    expect(await plansOf(() => findExpired(minutesAgo(-20), 100))).toEqual(inOrder('friend_requests_expiry'));
  });
});

describe('search', () => {
  const text = searchTextOf('user_12');
  it.each([
    ['by the beginning of the username', 0, text, 'user_profiles_username'],
    ['by the beginning of the name', 1, searchTextOf('name 12'), 'user_profiles_display_name'],
    ['by words', 2, searchTextOf('quokka'), 'user_profiles_words'],
  ] as const)('%s', async (_how, rank, searched, index) => {
    const { find } = createSearchRepository(db);
    const plans = await plansOf(() => find(rank, searched, star, { limit: 21, direction: 'forward' }));
    expect(plans).toEqual(rank === 2 ? usesOnly(index) : inOrder(index));
    const cursor = { rank, text: 'user_125', userId: star };
    const later = await plansOf(() => find(rank, searched, star, { limit: 21, direction: 'backward', cursor }));
    expect(later).toEqual(usesOnly(index));
  });
});
