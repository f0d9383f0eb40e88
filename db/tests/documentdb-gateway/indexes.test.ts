import type { Collection, Document, ObjectId } from 'mongodb';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { failure, startTestServer, type TestServer } from './support.ts';

interface Item extends Document {
  _id?: number | string | ObjectId;
}

let server: TestServer;
let fresh: (name: string) => Collection<Item>;

beforeAll(async () => {
  server = await startTestServer();
  const client = await server.client();
  fresh = (name) => client.db('indexes').collection<Item>(name);
});
afterAll(() => server.stop());

test('of fifty inserts of one unique value one wins and the others get 11000', async () => {
  const items = fresh('race');
  await items.createIndex({ email: 1 }, { unique: true });
  const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => items.insertOne({ email: 'a@b' })));
  const codes = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason.code] : []));
  expect(codes).toEqual(Array(49).fill(11000));
});

test('of fifty upserts of one unique value none is lost or doubled', async () => {
  const items = fresh('upserts');
  await items.createIndex({ email: 1 }, { unique: true });
  const outcomes = await Promise.allSettled(
    Array.from({ length: 50 }, () => items.updateOne({ email: 'q' }, { $inc: { n: 1 } }, { upsert: true })),
  );
  const done = outcomes.filter((outcome) => outcome.status === 'fulfilled').length;
  expect(await items.find().toArray()).toMatchObject([{ email: 'q', n: done }]);
});

test('a duplicate key tells its index, pattern and value', async () => {
  const items = fresh('duplicates');
  await items.createIndex({ 'profile.email': 1, tenant: 1 }, { unique: true });
  await items.insertOne({ _id: 1, profile: { email: 'a@b' }, tenant: 't' });
  const expected = {
    code: 11000,
    keyPattern: { 'profile.email': 1, tenant: 1 },
    keyValue: { 'profile.email': 'a@b', tenant: 't' },
    message: expect.stringMatching(
      /^E11000 duplicate key error collection: indexes\.duplicates index: profile\.email_1/,
    ),
  };
  expect(await failure(items.insertOne({ profile: { email: 'a@b' }, tenant: 't' }))).toMatchObject(expected);
  await items.insertOne({ _id: 2, profile: { email: 'z' }, tenant: 't' });
  expect(await failure(items.updateOne({ _id: 2, tenant: 't' }, { $set: { 'profile.email': 'a@b' } }))).toMatchObject(
    expected,
  );
  expect(
    await failure(items.findOneAndUpdate({ _id: 2, tenant: 't' }, { $set: { 'profile.email': 'a@b' } })),
  ).toMatchObject(expected);
  expect(await failure(items.insertOne({ _id: 1 }))).toMatchObject({ keyPattern: { _id: 1 }, keyValue: { _id: 1 } });
});

test('a duplicate key inside a transaction tells the same', async () => {
  const items = fresh('duplicates-in-transaction');
  await items.createIndex({ k: 1 }, { unique: true });
  await items.insertMany([
    { _id: 1, k: 'a' },
    { _id: 2, k: 'b' },
  ]);
  const client = await server.client();
  const inTransaction = (work: (session: Document) => Promise<unknown>): Promise<unknown> =>
    failure(client.withSession((session) => session.withTransaction(() => work(session))));
  const expected = { code: 11000, keyPattern: { k: 1 }, keyValue: { k: 'a' } };
  const bound = client.db('indexes').collection<Item>('duplicates-in-transaction');
  expect(await inTransaction((session) => bound.insertOne({ k: 'a' }, { session } as never))).toMatchObject(expected);
  expect(
    await inTransaction((session) => bound.findOneAndUpdate({ _id: 2 }, { $set: { k: 'a' } }, { session } as never)),
  ).toMatchObject(expected);
});

test('a unique index cannot be made over duplicates', async () => {
  const items = fresh('over-duplicates');
  await items.insertMany([{ k: 1 }, { k: 1 }]);
  expect((await failure(items.createIndex({ k: 1 }, { unique: true }))).code).toBe(11000);
  expect(await items.indexes()).toHaveLength(1);
});

test('a partial unique index binds only the documents it covers', async () => {
  const items = fresh('partial');
  await items.createIndex({ k: 1 }, { unique: true, partialFilterExpression: { active: true } });
  await items.insertMany([{ k: 1, active: false }, { k: 1 }, { k: 1, active: true }]);
  expect((await failure(items.insertOne({ k: 1, active: true }))).code).toBe(11000);
});

test('a unique index that is partial on existence lets documents without the field be', async () => {
  const items = fresh('optional-key');
  const existing = { unique: true, partialFilterExpression: { clientId: { $exists: true } } };
  await items.createIndex({ actor: 1, clientId: 1 }, existing);
  await items.insertMany([{ actor: 'a' }, { actor: 'a' }, { actor: 'a', clientId: 'x' }]);
  expect((await failure(items.insertOne({ actor: 'a', clientId: 'x' }))).code).toBe(11000);
});

test('a sparse unique index ignores documents without the field', async () => {
  const items = fresh('sparse');
  await items.createIndex({ k: 1 }, { unique: true, sparse: true });
  await items.insertMany([{}, {}, { k: 1 }]);
  expect((await failure(items.insertOne({ k: 1 }))).code).toBe(11000);
});

test('indexes are listed, made again without effect, refused when they differ, and dropped', async () => {
  const items = fresh('listed');
  await items.createIndexes([{ key: { a: 1, b: -1 } }, { key: { 'x.y': 1 }, name: 'xy' }]);
  await items.createIndex({ a: 1, b: -1 });
  expect((await items.indexes()).map((index) => index.name)).toEqual(['_id_', 'a_1_b_-1', 'xy']);
  expect((await failure(items.createIndex({ q: 1 }, { name: 'xy' }))).code).toBe(86);
  await items.dropIndex('xy');
  expect((await failure(items.dropIndex('xy'))).code).toBe(27);
});

test('an index on a filled collection is there when createIndexes answers', async () => {
  const items = fresh('filled');
  await items.insertMany(Array.from({ length: 2000 }, (_, i) => ({ i, a: i % 10 })));
  await Promise.all(Array.from({ length: 4 }, () => items.createIndexes([{ key: { i: 1 }, unique: true }])));
  expect((await failure(items.insertOne({ i: 7 }))).code).toBe(11000);
});

test('a page by keyset uses the index that sorts it', async () => {
  const items = fresh('keyset');
  await items.createIndex({ t: -1, _id: -1 });
  await items.insertMany(Array.from({ length: 3000 }, (_, i) => ({ _id: i, t: Math.floor(i / 3) })));
  const page = { t: { $lte: 500 }, $or: [{ t: { $lt: 500 } }, { _id: { $lt: 1501 } }] };
  const cursor = (): ReturnType<typeof items.find> => items.find(page).sort({ t: -1, _id: -1 }).limit(3);
  expect((await cursor().toArray()).map((item) => item._id)).toEqual([1500, 1499, 1498]);
  const explained = await cursor().explain('executionStats');
  expect(JSON.stringify(explained.queryPlanner.winningPlan)).toContain('"indexName":"t_-1__id_-1"');
  expect(JSON.stringify(explained.queryPlanner.winningPlan)).not.toContain('"SORT"');
  expect(explained.executionStats.totalDocsExamined).toBeLessThan(50);
});

test('a prefix search uses the index', async () => {
  const items = fresh('prefix');
  await items.createIndex({ name: 1 });
  await items.insertMany(Array.from({ length: 3000 }, (_, i) => ({ name: `user${i}` })));
  const explained = await items.find({ name: /^user29/ }).explain('executionStats');
  expect(explained.executionStats).toMatchObject({ nReturned: 111 });
  expect(explained.executionStats.totalDocsExamined).toBeLessThan(200);
});

test('text search finds words in any case and combines with a filter', async () => {
  const items = fresh('texts');
  await items.createIndex(
    { title: 'text', body: 'text' },
    { weights: { title: 10 }, default_language: 'none', language_override: '__lang' },
  );
  await items.insertMany([
    { _id: 1, title: 'Graph databases', body: 'about running', language: 'en', open: true },
    { _id: 2, title: 'Cooking', body: 'graph paper', language: 'xx', open: true },
    { _id: 3, title: 'Graph', body: 'hidden', open: false },
  ]);
  const score = { $meta: 'textScore' } as const;
  const found = await items
    .find({ $text: { $search: 'GRAPH' }, open: true }, { projection: { score } })
    .sort({ score })
    .toArray();
  expect(found.map((item) => item._id)).toEqual([1, 2]);
  expect(await items.countDocuments({ $text: { $search: '"graph paper"' } })).toBe(1);
  expect(await items.countDocuments({ $text: { $search: 'graph -cooking' } })).toBe(2);
});

test('places are found by distance', async () => {
  const items = fresh('places');
  await items.createIndex({ at: '2dsphere' });
  const places: [string, number, number][] = [
    ['a', 0, 0],
    ['b', 0.01, 0],
    ['c', 1, 1],
  ];
  await items.insertMany(places.map(([_id, lng, lat]) => ({ _id, at: { type: 'Point', coordinates: [lng, lat] } })));
  const $geometry = { type: 'Point', coordinates: [0.009, 0] };
  const near = await items.find({ at: { $near: { $geometry, $maxDistance: 5000 } } }).toArray();
  expect(near.map((item) => item._id)).toEqual(['b', 'a']);
  const within = { $geoWithin: { $centerSphere: [[0, 0], 5 / 6378.1] } };
  expect(await items.countDocuments({ at: within })).toBe(2);
  const geoNear = {
    near: { type: 'Point' as const, coordinates: [0, 0] as [number, number] },
    distanceField: 'distance',
  };
  const [, second] = await items.aggregate([{ $geoNear: geoNear }]).toArray();
  expect(second).toMatchObject({ _id: 'b' });
  expect(second?.distance).toBeCloseTo(1112, -2);
});

test('expired documents disappear within seconds', { timeout: 20_000 }, async () => {
  const items = fresh('expiring');
  await items.createIndex({ expiresAt: 1 }, { expireAfterSeconds: 0 });
  await items.insertMany([
    { _id: 'past', expiresAt: new Date(Date.now() - 1000) },
    { _id: 'future', expiresAt: new Date(Date.now() + 3_600_000) },
    { _id: 'never' },
  ]);
  await vi.waitFor(async () => expect(await items.countDocuments()).toBe(2), { timeout: 15_000, interval: 200 });
  expect(await items.findOne({ _id: 'past' })).toBeNull();
});
