import { randomUUID } from 'node:crypto';
import { indexUseOf, migrateMongoDatabase, notificationsDatabase } from '@postbook/db/notifications';
import { createMongoTransactor, type MongoTransaction, type PageRequest, type TimeKey } from '@postbook/service-kit';
import { dropMongoDatabase, testStores, uniqueName } from '@postbook/testkit';
import { type Db, type Document, MongoClient, ObjectId } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDeletedSubjectRepository } from '../src/causes/deleted-subject-repository.ts';
import { createSourceRepository } from '../src/causes/source-repository.ts';
import { createChangeRepository } from '../src/live/change-repository.ts';
import { createHeadRepository } from '../src/live/head-repository.ts';
import type { NotificationType } from '../src/notification/notification.ts';
import { createNotificationRepository } from '../src/notification/notification-repository.ts';
import { createPreferencesRepository } from '../src/preferences/preferences-repository.ts';

// The commands that repositories really send are caught on their way, and what they look for is explained, so that a
// query can't drift away from its test.
const database = uniqueName('plans');
const client = new MongoClient(testStores().mongodbUrl, { monitorCommands: true });
const commands: Document[] = [];
client.on('commandStarted', ({ command }) => commands.push(command));
let db: Db;

const PEOPLE = Array.from({ length: 40 }, () => randomUUID());
const [me = '', actor = ''] = PEOPLE;
const someone = (n: number) => PEOPLE[n % PEOPLE.length] ?? '';
const TYPES: readonly NotificationType[] = ['Like', 'Comment', 'Follow', 'Message'];
const now = Date.now();
const minutesAgo = (minutes: number) => new Date(now - minutes * 60_000);
const inDays = (days: number) => new Date(now + days * 86_400_000);
const group = new ObjectId();
const entity = `Post:${new ObjectId().toHexString()}`;

beforeAll(async () => {
  await client.connect();
  db = client.db(database);
  await migrateMongoDatabase(db, notificationsDatabase);
  const fill = (name: string, count: number, make: (n: number) => Document) =>
    db.collection(name).insertMany(Array.from({ length: count }, (_, n) => make(n)));
  // Half of everything is one person's.
  const owner = (n: number) => (n % 2 ? me : someone(n));
  await fill('notifications', 4_000, (n) => ({
    userId: owner(n),
    type: TYPES[n % 4],
    templateKey: 'LikePost',
    actorIds: [someone(n + 1)],
    actorCount: 1,
    isRead: n % 3 > 0,
    channels: [],
    groupKey: `Like:Post:${n}`,
    groupCount: 1,
    expiresAt: inDays(90),
    createdAt: minutesAgo(n),
    updatedAt: minutesAgo(n),
  }));
  await fill('notification_sources', 4_000, (n) => ({
    _id: `${owner(n)}:Comment:${n}`,
    userId: owner(n),
    actorId: someone(n + 1),
    isActive: n % 4 > 0,
    version: 1,
    notificationId: n % 5 ? new ObjectId() : group,
    entities: [n % 7 ? `Post:${n}` : entity, `Comment:${n}`],
    at: minutesAgo(n),
    expiresAt: inDays(100),
  }));
  await fill('notification_events', 4_000, (n) => ({
    userId: n < 2_000 ? me : actor,
    sequence: n + 1,
    kind: 'New',
    notificationId: new ObjectId(),
    at: minutesAgo(n),
    expiresAt: inDays(90),
  }));
  await fill('deleted_subjects', 1_000, (n) => ({ _id: `Post:${n}`, deletedAt: new Date(), expiresAt: inDays(30) }));
  await fill('notification_heads', 1_000, () => ({ _id: randomUUID(), sequence: 0, revision: 1 }));
  await fill('notification_preferences', 1_000, () => ({
    _id: randomUUID(),
    switches: [],
    timeZone: 'UTC',
    updatedAt: new Date(),
  }));
});
afterAll(async () => {
  await client.close();
  await dropMongoDatabase(database);
});

interface Query {
  readonly collection: string;
  readonly filter: Document;
  readonly sort?: Document;
  readonly limit?: number;
}

/** What a command looks for, whatever it does with what it finds. */
function queriesOf(command: Document): Query[] {
  if (command.find) {
    const { find: collection, filter, sort, limit } = command;
    return [{ collection, filter, ...(sort ? { sort, limit } : {}) }];
  }
  if (command.aggregate) return [{ collection: command.aggregate, filter: command.pipeline[0].$match }];
  if (command.distinct) return [{ collection: command.distinct, filter: command.query }];
  if (command.findAndModify) return [{ collection: command.findAndModify, filter: command.query }];
  if (command.update) return command.updates.map(({ q }: Document) => ({ collection: command.update, filter: q }));
  if (command.delete) return command.deletes.map(({ q }: Document) => ({ collection: command.delete, filter: q }));
  return [];
}

async function plansOf(work: () => Promise<unknown>) {
  commands.length = 0;
  await work();
  const sent = commands.splice(0).filter((command) => queriesOf(command).length > 0);
  expect(sent.length).toBeGreaterThan(0);
  for (const { comment } of sent) expect(comment, 'every query is named').toMatch(/^\w+\.\w+$/);
  return Promise.all(
    sent.flatMap(queriesOf).map(async ({ collection, ...query }) => {
      const explained = await db.command({ explain: { find: collection, ...query }, verbosity: 'queryPlanner' });
      return indexUseOf(explained);
    }),
  );
}

/** The same within a transaction, which is undone. */
const inTransaction = (work: (tx: MongoTransaction) => Promise<unknown>) => () =>
  createMongoTransactor(client)
    .run(async (tx) => {
      await work(tx);
      throw new Error('undo');
    })
    .catch((error: Error) => {
      if (error.message !== 'undo') throw error;
    });

const uses = (...indexes: string[]) =>
  indexes.map((name) => expect.objectContaining({ indexes: [name], scansCollection: false }));
const inOrder = (name: string) => [{ indexes: [name], scansCollection: false, sortsInMemory: false }];

const key = (at: Date): TimeKey => ({ at, id: new ObjectId().toHexString() });
const PAGES: [string, PageRequest<TimeKey>][] = [
  ['the first page', { limit: 21, direction: 'forward' }],
  ['a later page', { limit: 21, direction: 'forward', cursor: key(minutesAgo(2_000)) }],
  ['the last page', { limit: 21, direction: 'backward' }],
  ['an earlier page', { limit: 21, direction: 'backward', cursor: key(minutesAgo(2_000)) }],
];

describe('notifications', () => {
  it.each(PAGES)('%s of all is read in order', async (_page, request) => {
    const { list } = createNotificationRepository(db);
    expect(await plansOf(() => list(me, {}, request))).toEqual(inOrder('notifications_of_user'));
  });

  it.each(PAGES)('%s of unread ones is read in order', async (_page, request) => {
    const { list } = createNotificationRepository(db);
    expect(await plansOf(() => list(me, { isUnread: true }, request))).toEqual(inOrder('notifications_unread'));
  });

  it.each(PAGES)('%s of one kind is read in order', async (_page, request) => {
    const { list } = createNotificationRepository(db);
    expect(await plansOf(() => list(me, { types: ['Like'] }, request))).toEqual(inOrder('notifications_of_type'));
  });

  it.each(PAGES)('%s of some kinds reads an index of the person', async (_page, request) => {
    const { list } = createNotificationRepository(db);
    const [plan] = await plansOf(() => list(me, { types: ['Like', 'Follow'] }, request));
    expect(plan?.scansCollection).toBe(false);
    expect(['notifications_of_type', 'notifications_of_user']).toContain(plan?.indexes[0]);
  });

  it('that are unread are counted for many people at once', async () => {
    const { unreadCounts } = createNotificationRepository(db);
    expect(await plansOf(() => unreadCounts(PEOPLE.slice(0, 10)))).toEqual(uses('notifications_unread'));
  });

  it('that are unread up to a place are read in order', async () => {
    const { unreadUpTo } = createNotificationRepository(db);
    const work = inTransaction((tx) => unreadUpTo(tx, me, key(minutesAgo(500)), 500));
    expect(await plansOf(work)).toEqual(inOrder('notifications_unread'));
  });

  it('by id, to be read, changed, marked and removed', async () => {
    const { byIds, change, markRead, remove } = createNotificationRepository(db);
    const rows = await db.collection('notifications').find().limit(20).toArray();
    const ids = rows.map(({ _id }) => _id.toHexString());
    const [first] = await byIds(ids.slice(0, 1));
    if (!first) throw new Error('nothing');
    expect(await plansOf(() => byIds(ids))).toEqual(uses('_id_'));
    const work = inTransaction(async (tx) => {
      await change(tx, [first]);
      await markRead(tx, ids, new Date());
      await remove(tx, [first.id]);
    });
    expect(await plansOf(work)).toEqual(uses('_id_', '_id_', '_id_'));
  });

  it('that an alike thing joins', async () => {
    const { openGroups } = createNotificationRepository(db);
    const work = inTransaction((tx) => openGroups(tx, PEOPLE.slice(0, 5), ['Like:Post:3', 'Like:Post:6']));
    expect(await plansOf(work)).toEqual(uses('notifications_group'));
  });

  it('of a person who is erased', async () => {
    const { erase } = createNotificationRepository(db);
    const [plan] = await plansOf(() => erase(randomUUID()));
    expect(plan?.scansCollection).toBe(false);
    expect(plan?.indexes[0]).toMatch(/^notifications_/);
  });
});

describe('sources', () => {
  it('by their keys', async () => {
    const keys = ['Comment:1', 'Comment:3'].map((key) => ({ userId: me, key }));
    const { active, deactivate, find, put } = createSourceRepository(db);
    const work = inTransaction(async (tx) => {
      const found = await find(tx, keys);
      expect(found).toHaveLength(2);
      await put(tx, found);
      await deactivate(tx, found);
      await active(tx, keys);
    });
    expect(await plansOf(work)).toEqual(uses('_id_', '_id_', '_id_', '_id_', '_id_'));
  });

  it('of a group, newest first, and of people in it', async () => {
    const { newestOf, presence } = createSourceRepository(db);
    const id = group.toHexString();
    expect(await plansOf(inTransaction((tx) => newestOf(tx, id, 100)))).toEqual(
      inOrder('notification_sources_in_order'),
    );
    expect(await plansOf(inTransaction((tx) => presence(tx, [id], [actor])))).toEqual(
      uses('notification_sources_of_group_and_actor'),
    );
  });

  it('to be taken back, by who did it and by what it is about', async () => {
    const { recipientsOf, toWithdraw, forgetActor } = createSourceRepository(db);
    const ofActor = 'notification_sources_of_actor';
    const ofEntity = 'notification_sources_of_entity';
    expect(await plansOf(() => recipientsOf({ actorId: actor }, 500))).toEqual(uses(ofActor));
    expect(await plansOf(() => recipientsOf({ entity }, 500))).toEqual(uses(ofEntity));
    const work = inTransaction(async (tx) => {
      await toWithdraw(tx, me, { actorId: actor }, 200);
      await toWithdraw(tx, me, { entity }, 200);
    });
    expect(await plansOf(work)).toEqual(uses(ofActor, ofEntity));
    expect(await plansOf(() => forgetActor(randomUUID()))).toEqual(uses(ofActor));
  });

  it('of a person who is erased', async () => {
    const { erase } = createSourceRepository(db);
    expect(await plansOf(() => erase(randomUUID()))).toEqual(uses('_id_'));
  });
});

describe('the rest', () => {
  it('changes after a cursor are read in order; those of a person who is erased are found', async () => {
    const { after, erase } = createChangeRepository(db);
    expect(await plansOf(() => after(me, 1_000, 100))).toEqual(inOrder('notification_events_in_order'));
    expect(await plansOf(() => erase(randomUUID()))).toEqual(uses('notification_events_in_order'));
  });

  it('heads, preferences and deleted subjects are found by their ids', async () => {
    const heads = createHeadRepository(db);
    const preferences = createPreferencesRepository(db);
    const deleted = createDeletedSubjectRepository(db);
    const byId = [
      () => heads.sequencesOf(PEOPLE.slice(0, 20)),
      inTransaction((tx) => heads.advance(tx, new Map([[me, 1]]))),
      inTransaction((tx) => heads.erase(randomUUID(), tx)),
      () => preferences.read(me),
      () => preferences.byUserIds(PEOPLE.slice(0, 20)),
      inTransaction((tx) => preferences.write(tx, me, { switches: [], quietHours: null, timeZone: 'UTC' }, new Date())),
      () => preferences.erase(randomUUID()),
      () => deleted.among([entity]),
      () => deleted.note(entity, new Date()),
    ];
    expect(await plansOf(inTransaction((tx) => heads.claim(tx, [me])))).toEqual(uses('_id_', '_id_'));
    for (const work of byId) expect(await plansOf(work)).toEqual(uses('_id_'));
  });
});
