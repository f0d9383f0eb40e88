import { randomUUID } from 'node:crypto';
import { peopleCollections, relationListIndexes } from '@postbook/db/people';
import {
  createMongoInboxRepository,
  createMongoTransactor,
  createPlatform,
  type MongoDatabase,
  type Platform,
  toSubgraphConfig,
} from '@postbook/service-kit';
import { dropMongoDatabase, eventually, testStores, uniqueName } from '@postbook/testkit';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPeople, DEFAULT_SETTINGS, type People, type PeopleEvent } from '../src/index.ts';
import { type PeopleOwners, PeopleWorld, type Somebody, startPeopleOwners } from '../src/testing/index.ts';

const SECRET = 'a secret of tests that has more than 32 characters';
const database = uniqueName('people');
const applied: PeopleEvent[] = [];
let client: MongoClient;
let owners: PeopleOwners;
let platform: Platform;
let people: People;
let world: PeopleWorld;

beforeAll(async () => {
  const { mongodbUrl, redisUrl } = testStores();
  client = new MongoClient(mongodbUrl);
  const db = client.db(database);
  for (const { name, validator } of peopleCollections(relationListIndexes))
    await db.createCollection(name, { validator });
  owners = await startPeopleOwners(SECRET);
  const config = toSubgraphConfig({
    HOST: '127.0.0.1',
    PORT: 0,
    REDIS_URL: redisUrl,
    REDIS_NAMESPACE: uniqueName('people'),
    INTERNAL_IDENTITY_SECRET: SECRET,
    LOG_LEVEL: 'silent',
    LOG_FORMAT: 'json',
  } as never);
  platform = createPlatform('tests', config);
  for (const component of platform.components) await component.start();
  const mongo: MongoDatabase = {
    name: 'mongodb',
    client,
    db,
    start: async () => undefined,
    stop: async () => undefined,
  };
  people = createPeople({
    service: 'tests',
    platform,
    database: mongo,
    inbox: createMongoInboxRepository(db),
    transactor: createMongoTransactor(client),
    owners: { auth: owners.authUrl, profiles: owners.profilesUrl },
    secret: SECRET,
    keeps: ['cards', 'settings', 'Friend', 'Follow', 'Block'],
    onApplied: (event) => void applied.push(event),
  });
  await people.consumer.start();
  // The bus connects in the background.
  await eventually(() => platform.bus.epoch().catch(() => undefined));
  world = new PeopleWorld({ bus: platform.bus, db, service: 'tests' });
});
afterAll(async () => {
  await people.consumer.stop();
  for (const component of [...platform.components].reverse()) await component.stop();
  await owners.stop();
  await client.close();
  await dropMongoDatabase(database);
});

const reconcile = () => platform.scheduler.runNow('tests-reconcile-people');
const between = async (a: Somebody, b: Somebody) => (await people.relations.between(a.id, [b.id])).get(b.id);
const cardOf = async ({ id }: Somebody) => (await people.cards.byIds([id]))[0];
const repairs = async () => {
  const metric = await platform.metrics.getSingleMetric('read_model_repairs_total')?.get();
  return metric?.values.reduce((sum, { value }) => sum + value, 0) ?? 0;
};

describe('copies of people, fed by events', () => {
  it('know who is what to whom, each direction for itself', async () => {
    const [ada, bob] = await world.people('ada', 'bob');
    await world.befriend(ada, bob);
    await world.follow(ada, bob);
    expect(await between(ada, bob)).toMatchObject({ isFriend: true, isFollowing: true, isBlocked: false });
    expect(await between(bob, ada)).toMatchObject({ isFriend: true, isFollowing: false, isBlocked: false });
    await world.block(bob, ada);
    expect(await people.relations.areBlocked([[ada.id, bob.id]])).toEqual([true]);
    await world.unblock(bob, ada);
    await world.unfriend(ada, bob);
    await world.unfollow(ada, bob);
    expect(await between(ada, bob)).toEqual({
      isFriend: false,
      isFollowing: false,
      isBlocked: false,
      settings: DEFAULT_SETTINGS,
    });
  });

  it('know what people allow, and the defaults of those who never changed them', async () => {
    const [ada, bob] = await world.people('ada', 'bob');
    await world.allow(bob, { allowMentions: 'None', profileVisibility: 'Private' });
    expect((await between(ada, bob))?.settings).toEqual({
      ...DEFAULT_SETTINGS,
      allowMentions: 'None',
      profileVisibility: 'Private',
    });
    expect((await between(bob, ada))?.settings).toEqual(DEFAULT_SETTINGS);
  });

  it('list followers and followed people page by page', async () => {
    const [star, ...fans] = await world.people('star', 'a', 'b', 'c');
    for (const fan of fans) await world.follow(fan, star);
    const ids = fans.map(({ id }) => id).sort();
    expect(await people.relations.followersOf(star.id, undefined, 2)).toEqual(ids.slice(0, 2));
    expect(await people.relations.followersOf(star.id, ids[1], 2)).toEqual(ids.slice(2));
    expect(await people.relations.followedBy(ids[0] ?? '', undefined, 2)).toEqual([star.id]);
  });

  it('tell the service of each event once it is applied', async () => {
    const [ada] = await world.people('ada');
    await eventually(() => applied.some(({ type, payload }) => type === 'UserCreated' && payload.userId === ada.id));
  });
});

describe('the hourly comparison with the owners', () => {
  const account = (person: Somebody, version: number, status = 'ACTIVE' as const) => ({
    id: person.id,
    username: person.name,
    status,
    version,
  });
  const profile = (person: Somebody, version: number, displayName: string) => ({
    userId: person.id,
    displayName,
    avatarUrl: null,
    version,
    settings: {
      profileVisibility: 'FRIENDS' as const,
      allowMessages: 'FRIENDS' as const,
      allowTagging: 'NONE' as const,
      allowMentions: 'EVERYONE' as const,
      showOnlineStatus: false,
      showLastSeen: true,
    },
  });

  it('repairs everything that lost events left wrong, and is quiet when all is right', async () => {
    const [kept, gone] = await world.people('kept', 'gone');
    await world.befriend(kept, gone);
    const fresh = { id: randomUUID(), name: 'fresh' };
    owners.accounts.push(account(fresh, 1), account({ ...kept, name: 'renamed' }, 1_000));
    owners.profiles.push(profile(fresh, 1, 'Fresh'), profile(kept, 1_000, 'Kept'));
    const sorted = (a: Somebody, b: Somebody) => [a.id, b.id].sort();
    owners.pairs.push(
      { userIds: sorted(kept, gone), revision: 1_000, edges: [] },
      {
        userIds: sorted(kept, fresh),
        revision: 3,
        edges: [{ kind: 'FOLLOW', fromUserId: fresh.id, toUserId: kept.id }],
      },
    );
    const before = await repairs();
    expect(await reconcile()).toBe(true);
    expect(await cardOf(fresh)).toEqual({
      userId: fresh.id,
      username: 'fresh',
      displayName: 'Fresh',
      avatarUrl: null,
      status: 'Active',
    });
    expect(await cardOf(kept)).toMatchObject({ username: 'renamed', displayName: 'Kept' });
    expect((await between(gone, kept))?.settings).toMatchObject({ profileVisibility: 'Friends', allowTagging: 'None' });
    expect(await between(kept, gone)).toMatchObject({ isFriend: false });
    expect(await between(fresh, kept)).toMatchObject({ isFollowing: true });
    const after = await repairs();
    expect(after - before).toBe(9);
    await reconcile();
    expect(await repairs()).toBe(after);
  });

  it('erases a person whose purge was lost, for good', async () => {
    const [purged] = await world.people('purged');
    owners.accounts.push({ ...account(purged, 2), status: 'DELETED' } as never);
    await reconcile();
    await world.publish(
      world.event('UserProfileUpdated', purged.id, {
        userId: purged.id,
        username: 'late',
        displayName: 'Late',
        avatarUrl: null,
      }),
    );
    expect(await cardOf(purged)).toMatchObject({ username: 'deleted', displayName: 'Deleted user', status: 'Deleted' });
  });

  it('waits for an owner that is away instead of giving up for an hour', async () => {
    const [late] = await world.people('late');
    owners.isAway = true;
    const running = reconcile();
    owners.accounts.push(account({ ...late, name: 'in_time' }, 2_000));
    await eventually(() => owners.refused > 0);
    owners.isAway = false;
    expect(await running).toBe(true);
    expect(await cardOf(late)).toMatchObject({ username: 'in_time' });
  });
});
