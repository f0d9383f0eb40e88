import { randomUUID } from 'node:crypto';
import { type Document, ObjectId } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrateMongoDatabase, notificationsDatabase } from '../../src/notifications/index.ts';
import { brokenRules, fieldsWithout, isTaken, ruleCases } from '../mongo/rule-cases.ts';
import {
  fullSamples,
  inDays,
  type NotificationsStore,
  openNotificationsStore,
  samples,
} from './notifications-store.ts';

let store: NotificationsStore;
beforeAll(async () => {
  store = await openNotificationsStore();
});
afterAll(() => store.drop());

type Name = keyof typeof samples;
const NAMES = Object.keys(samples) as Name[];
const definitionOf = (name: string) => {
  const found = notificationsDatabase.collections.find((collection) => collection.name === name);
  if (!found) throw new Error(`There is no collection ${name}`);
  return found;
};
const takes = (name: Name, change: Document = {}) => isTaken(store.db, name, { ...samples[name](), ...change });

describe('the rules of notifications', () => {
  it.each(NAMES)('of %s take a plain document', async (name) => {
    expect(await takes(name)).toBe(true);
  });

  it.each(NAMES)('of %s take what is at their limits and refuse what is beyond', async (name) => {
    const definition = definitionOf(name);
    expect(fieldsWithout(definition.validator.$jsonSchema, fullSamples[name]())).toEqual([]);
    expect(await brokenRules(store.db, name, ruleCases(definition, fullSamples[name]))).toEqual([]);
  });

  it('let nothing expire before it was made', async () => {
    expect(await takes('notifications', { expiresAt: inDays(-1) })).toBe(false);
  });

  it('want an event to say which notification, or until when all were read', async () => {
    const { notificationId: _left, ...about } = samples.notification_events();
    expect(await isTaken(store.db, 'notification_events', { ...about, kind: 'Removed' })).toBe(false);
    expect(await isTaken(store.db, 'notification_events', { ...about, kind: 'AllRead' })).toBe(false);
    expect(await isTaken(store.db, 'notification_events', { ...about, kind: 'AllRead', readUpTo: new Date() })).toBe(
      true,
    );
  });
});

describe('what there is one of', () => {
  const insert = (name: Name, change: Document) =>
    store.db.collection(name).insertOne({ ...(samples[name]() as Document), ...change });

  it.each<[string, Name, Document]>([
    ['unread group', 'notifications', { userId: randomUUID(), groupKey: 'Follow' }],
    ['event for each sequence', 'notification_events', { userId: randomUUID(), sequence: 7 }],
    ['source for each thing of a recipient', 'notification_sources', { _id: `${randomUUID()}:Follow:x` }],
    ['head', 'notification_heads', { _id: randomUUID() }],
    ['set of preferences', 'notification_preferences', { _id: randomUUID() }],
  ])('one %s', async (_rule, name, key) => {
    await insert(name, key);
    await expect(insert(name, key)).rejects.toMatchObject({ code: 11_000 });
  });

  it('groups that were read don’t count: each may have been joined before', async () => {
    const group = { userId: randomUUID(), groupKey: 'Follow' };
    await insert('notifications', { ...group, isRead: true });
    await insert('notifications', { ...group, isRead: true });
    await insert('notifications', group);
    await expect(
      store.db.collection('notifications').updateMany(group, { $set: { isRead: false } }),
    ).rejects.toMatchObject({ code: 11_000 });
  });

  it('others have groups and sequences of the same name', async () => {
    await insert('notifications', { userId: randomUUID(), groupKey: 'Follow' });
    expect(await takes('notifications', { groupKey: 'Follow' })).toBe(true);
    expect(await takes('notification_events', { sequence: 7, notificationId: new ObjectId() })).toBe(true);
  });
});

describe('the definition of notifications', () => {
  it('has the specification’s time to live: documents go at their `expiresAt`', async () => {
    for (const name of ['notifications', 'notification_sources', 'deleted_subjects', 'notification_events']) {
      const ttl = definitionOf(name).indexes.filter(({ options }) => options?.expireAfterSeconds !== undefined);
      expect(ttl).toEqual([expect.objectContaining({ key: { expiresAt: 1 }, options: { expireAfterSeconds: 0 } })]);
      const indexes = await store.db.collection(name).indexes();
      expect(indexes.find(({ key }) => key.expiresAt === 1)).toMatchObject({ expireAfterSeconds: 0 });
    }
  });

  it('says of every index what it serves', () => {
    for (const { indexes } of notificationsDatabase.collections) {
      for (const { serves } of indexes) expect(serves).not.toBe('');
    }
  });

  it('has an index for each of the specification’s six', () => {
    const served = notificationsDatabase.collections.flatMap(({ indexes }) => indexes.map(({ serves }) => serves));
    for (let number = 1; number <= 6; number += 1) {
      expect(served.filter((text) => text.includes(`index ${number})`))).toHaveLength(1);
    }
  });

  it('changes nothing in a database that is as defined', async () => {
    expect(await migrateMongoDatabase(store.db, notificationsDatabase)).toEqual([]);
  });
});
