import { randomBytes } from 'node:crypto';
import { type Db, MongoClient } from 'mongodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type DatabaseDefinition, indexUseOf, migrateMongoDatabase, statusOf } from '../../src/mongo/index.ts';
import { mongodbUrl } from './mongodb-url.ts';

const people: DatabaseDefinition<Db>['collections'][number] = {
  name: 'people',
  validator: { $jsonSchema: { bsonType: 'object', required: ['name'], properties: { name: { bsonType: 'string' } } } },
  indexes: [
    { name: 'people_name', key: { name: 1 }, serves: 'lookup', options: { unique: true } },
    { name: 'people_city_age', key: { city: 1, age: -1 }, serves: 'list by city' },
    { name: 'people_expiry', key: { until: 1 }, serves: 'expiry', options: { expireAfterSeconds: 0 } },
    {
      name: 'people_text',
      key: { name: 'text', bio: 'text' },
      serves: 'search',
      options: { default_language: 'none', language_override: '__lang', weights: { name: 3 } },
    },
    { name: 'people_place', key: { place: '2dsphere' }, serves: 'near' },
    {
      name: 'people_pending',
      key: { pair: 1 },
      serves: 'one at a time',
      options: { unique: true, partialFilterExpression: { status: 'Pending' } },
    },
  ],
};
const definition: DatabaseDefinition<Db> = { name: 'Test', collections: [people], migrations: [] };
const withPeople = (change: Partial<typeof people>): DatabaseDefinition<Db> => ({
  ...definition,
  collections: [{ ...people, ...change }],
});

const client = new MongoClient(mongodbUrl());
let db: Db;

beforeAll(() => client.connect());
beforeEach(() => {
  db = client.db(`migrate_${randomBytes(6).toString('hex')}`);
  return async () => {
    await db.dropDatabase();
  };
});
afterAll(() => client.close());

describe('migrateMongoDatabase', () => {
  it('makes collections, validators and indexes, after which nothing is missing', async () => {
    const changes = await migrateMongoDatabase(db, definition);
    expect(changes).toContain('made collection people');
    expect(changes).toContain('made index people.people_text');
    const status = await statusOf(db, definition);
    expect(status.isUpToDate).toBe(true);
    expect(status.collections[0]?.changedIndexes).toEqual([]);
    await expect(db.collection('people').insertOne({ name: 7 })).rejects.toMatchObject({ code: 121 });
  });

  it('changes nothing the second time', async () => {
    await migrateMongoDatabase(db, definition);
    expect(await migrateMongoDatabase(db, definition)).toEqual([]);
  });

  it('lets one of several processes work while the others wait', async () => {
    const changes = await Promise.all(Array.from({ length: 5 }, () => migrateMongoDatabase(db, definition)));
    expect(changes.flat().filter((change) => change === 'made collection people')).toHaveLength(1);
    expect((await statusOf(db, definition)).isUpToDate).toBe(true);
  });

  it('changes a validator that was defined anew', async () => {
    await migrateMongoDatabase(db, definition);
    const next = withPeople({ validator: { $jsonSchema: { bsonType: 'object', required: ['name', 'age'] } } });
    expect((await statusOf(db, next)).collections[0]?.hasValidatorDrift).toBe(true);
    expect(await migrateMongoDatabase(db, next)).toEqual(['changed the validator of people']);
    await expect(db.collection('people').insertOne({ name: 'Ada' })).rejects.toMatchObject({ code: 121 });
  });

  it('sees and mends a validator that an operator removed', async () => {
    await migrateMongoDatabase(db, definition);
    await db.command({ collMod: 'people', validator: {} });
    expect(await migrateMongoDatabase(db, definition)).toEqual(['changed the validator of people']);
  });

  it.each([
    ['another direction', { key: { city: 1, age: 1 } }],
    ['another order of fields', { key: { age: -1, city: 1 } }],
    ['another option', { options: { sparse: true } }],
    ['a condition', { options: { partialFilterExpression: { age: { $exists: true } } } }],
  ])('makes an index anew that has %s', async (_what, change) => {
    await migrateMongoDatabase(db, definition);
    const indexes = people.indexes.map((index) => (index.name === 'people_city_age' ? { ...index, ...change } : index));
    const next = withPeople({ indexes });
    expect((await statusOf(db, next)).collections[0]?.changedIndexes).toEqual(['people_city_age']);
    expect(await migrateMongoDatabase(db, next)).toEqual(['made index people.people_city_age']);
    expect((await statusOf(db, next)).isUpToDate).toBe(true);
  });

  it('reports an index that nobody defined and leaves it alone', async () => {
    await migrateMongoDatabase(db, definition);
    await db.collection('people').createIndex({ shoeSize: 1 }, { name: 'by_hand' });
    const status = await statusOf(db, definition);
    expect(status.collections[0]?.extraIndexes).toEqual(['by_hand']);
    expect(status.isUpToDate).toBe(true);
  });

  it('says what is missing and pending without touching anything', async () => {
    const status = await statusOf(db, {
      ...definition,
      migrations: [{ id: '20260101-b', run: async () => undefined }],
    });
    expect(status).toMatchObject({
      isUpToDate: false,
      pendingMigrations: ['20260101-b'],
      collections: [{ exists: false }],
    });
    expect(await db.listCollections().toArray()).toEqual([]);
  });

  it('runs data migrations once, in the order of ids, before validators and unique indexes that rest on them', async () => {
    await db.collection('people').insertMany([{ first: 'Ada' }, { first: 'Grace' }]);
    const order: string[] = [];
    const migrations = [
      { id: '20260102-second', run: async () => void order.push('second') },
      {
        id: '20260101-name-from-first',
        run: async (database: Db) => {
          order.push('first');
          await database.collection('people').updateMany({}, [{ $set: { name: '$first' } }]);
        },
      },
    ];
    const next = { ...definition, migrations };
    await migrateMongoDatabase(db, next);
    await migrateMongoDatabase(db, next);
    expect(order).toEqual(['first', 'second']);
    const status = await statusOf(db, next);
    expect(status.appliedMigrations.map(({ id }) => id)).toEqual(['20260101-name-from-first', '20260102-second']);
    expect(status.appliedMigrations[0]?.appliedAt).toBeInstanceOf(Date);
  });

  it('runs a data migration again that failed, and gives the lock back', async () => {
    let tries = 0;
    const run = async () => {
      tries += 1;
      if (tries === 1) throw new Error('not yet');
    };
    const next = { ...definition, migrations: [{ id: '20260101-flaky', run }] };
    await expect(migrateMongoDatabase(db, next)).rejects.toThrow('not yet');
    expect(await migrateMongoDatabase(db, next, { waitMs: 0 })).toContain('ran migration 20260101-flaky');
  });

  it('gives up when another process holds the lock for too long, and takes over one that died', async () => {
    const migrations = db.collection<{ _id: string; owner: string; until: Date }>('_migrations');
    await migrations.insertOne({ _id: 'lock', owner: 'other', until: new Date(Date.now() + 60_000) });
    await expect(migrateMongoDatabase(db, definition, { waitMs: 0 })).rejects.toThrow('Another process');
    await migrations.updateOne({ _id: 'lock' }, { $set: { until: new Date(Date.now() - 1) } });
    expect(await migrateMongoDatabase(db, definition)).toContain('made collection people');
  });
});

describe('indexUseOf', () => {
  it('tells an index that is read in order from a scan with a sort', async () => {
    await migrateMongoDatabase(db, definition);
    const rows = Array.from({ length: 3_000 }, (_, n) => ({
      name: `p${n}`,
      city: `c${n % 3}`,
      age: n,
      shoe: n % 40,
    }));
    await db.collection('people').insertMany(rows);
    const byCity = await db
      .collection('people')
      .find({ city: 'c1', age: { $gte: 0 } })
      .sort({ age: -1 })
      .limit(5)
      .explain('queryPlanner');
    expect(indexUseOf(byCity)).toEqual({ indexes: ['people_city_age'], scansCollection: false, sortsInMemory: false });
    const byShoe = indexUseOf(
      await db.collection('people').find({ shoe: 7 }).sort({ age: -1 }).limit(5).explain('queryPlanner'),
    );
    expect(byShoe.indexes).not.toContain('people_city_age');
    expect(byShoe.sortsInMemory).toBe(true);
  });
});
