import { type Collection, type Document, ObjectId } from 'mongodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { failure, startTestServer, type TestServer } from './support.ts';

interface Item extends Document {
  _id: string | number | ObjectId;
}

let server: TestServer;
let fresh: (name: string) => Collection<Item>;

beforeAll(async () => {
  server = await startTestServer();
  const client = await server.client();
  fresh = (name) => client.db('crud').collection<Item>(name);
});
afterAll(() => server.stop());

test('documents are inserted, found, counted and deleted', async () => {
  const items = fresh('items');
  await items.insertMany(Array.from({ length: 300 }, (_, n) => ({ _id: n, n, group: n % 7, name: `user${n}` })));
  expect(await items.find({ group: 3 }).sort({ n: -1 }).skip(1).limit(2).project({ n: 1 }).toArray()).toEqual([
    { _id: 290, n: 290 },
    { _id: 283, n: 283 },
  ]);
  expect(await items.countDocuments({ n: { $in: [1, 2], $nin: [2] } })).toBe(1);
  expect(await items.countDocuments({ name: /^user29\d$/ })).toBe(10);
  expect((await items.distinct('group')).length).toBe(7);
  expect((await items.deleteMany({ group: 6 })).deletedCount).toBe(42);
  expect((await items.deleteOne({ _id: 0 })).deletedCount).toBe(1);
  expect(await items.estimatedDocumentCount()).toBeGreaterThan(0);
});

test('types survive the way there and back', async () => {
  const items = fresh('types');
  const document = {
    _id: new ObjectId(),
    at: new Date(1e12),
    big: 2n ** 60n,
    half: 0.5,
    list: [1, 'a', null],
    no: null,
  };
  await items.insertOne(document);
  const found = await items.findOne({ _id: document._id }, { useBigInt64: true });
  expect(found).toMatchObject({ at: document.at, big: document.big, half: 0.5, list: [1, 'a', null], no: null });
});

test('an update changes what it names and reports how much', async () => {
  const items = fresh('updates');
  await items.insertOne({
    _id: 'a',
    list: [1, 2, 3],
    parts: [
      { k: 1, v: 1 },
      { k: 2, v: 2 },
    ],
  });
  await items.updateOne({ _id: 'a' }, { $push: { list: { $each: [9, 8], $position: 0, $slice: 4 } } as never });
  await items.updateOne({ _id: 'a' }, { $set: { 'parts.$[part].v': 99 } }, { arrayFilters: [{ 'part.k': 2 }] });
  await items.updateOne({ _id: 'a', 'parts.k': 1 }, { $inc: { 'parts.$.v': 10 } });
  await items.updateOne({ _id: 'a' }, [{ $set: { total: { $sum: '$list' } } }]);
  expect(await items.findOne({ _id: 'a' })).toEqual({
    _id: 'a',
    list: [9, 8, 1, 2],
    parts: [
      { k: 1, v: 11 },
      { k: 2, v: 99 },
    ],
    total: 20,
  });
  const repeated = await items.updateOne({ _id: 'a' }, { $set: { total: 20 } });
  expect([repeated.matchedCount, repeated.modifiedCount]).toEqual([1, 0]);
});

test('an upsert inserts once and updates afterwards', async () => {
  const items = fresh('upserts');
  const change = { $inc: { n: 5 }, $setOnInsert: { created: true } };
  const first = await items.updateOne({ _id: 'u' }, change, { upsert: true });
  expect([first.upsertedId, first.upsertedCount, first.matchedCount]).toEqual(['u', 1, 0]);
  const second = await items.updateOne({ _id: 'u' }, change, { upsert: true });
  expect([second.upsertedCount, second.modifiedCount]).toEqual([0, 1]);
  expect(await items.findOne({ _id: 'u' })).toEqual({ _id: 'u', n: 10, created: true });
});

test('findOneAndUpdate hands out every number once under concurrency', async () => {
  const items = fresh('counters');
  const next = (): Promise<Item | null> =>
    items.findOneAndUpdate({ _id: 'c' }, { $inc: { seq: 1 } }, { upsert: true, returnDocument: 'after' });
  await next();
  const numbers = (await Promise.all(Array.from({ length: 40 }, next))).map((item) => item?.seq);
  expect(new Set(numbers).size).toBe(40);
  expect(await items.findOneAndDelete({ _id: 'c' })).toMatchObject({ seq: 41 });
  expect(await items.findOneAndDelete({ _id: 'c' })).toBeNull();
});

test('compare-and-set succeeds for one of fifty', async () => {
  const items = fresh('cas');
  await items.insertOne({ _id: 1, version: 0 });
  const results = await Promise.all(
    Array.from({ length: 50 }, () => items.updateOne({ _id: 1, version: 0 }, { $inc: { version: 1 } })),
  );
  expect(results.filter((result) => result.modifiedCount === 1)).toHaveLength(1);
});

test('bulkWrite mixes operations and tells which failed', async () => {
  const items = fresh('bulk');
  await items.insertMany([
    { _id: 1, g: 1 },
    { _id: 2, g: 1 },
  ]);
  const result = await items.bulkWrite([
    { insertOne: { document: { _id: 'b1' } } },
    { updateOne: { filter: { _id: 'b1' }, update: { $set: { x: 1 } } } },
    { updateMany: { filter: { g: 1 }, update: { $set: { bulk: true } } } },
    { replaceOne: { filter: { _id: 'b2' }, replacement: { y: 1 }, upsert: true } },
    { deleteOne: { filter: { _id: 'b1' } } },
  ]);
  expect(result).toMatchObject({ insertedCount: 1, modifiedCount: 3, upsertedCount: 1, deletedCount: 1 });
  const error = await failure(
    items.bulkWrite([{ insertOne: { document: { _id: 1 } } }, { insertOne: { document: { _id: 'b9' } } }], {
      ordered: false,
    }),
  );
  expect(error).toMatchObject({ code: 11000, insertedCount: 1 });
});

test('an ordered insertMany stops at the first failure and keeps what came before', async () => {
  const items = fresh('ordered');
  await items.insertOne({ _id: 2 });
  expect((await failure(items.insertMany([{ _id: 1 }, { _id: 2 }, { _id: 3 }]))).code).toBe(11000);
  expect((await items.find().sort({ _id: 1 }).toArray()).map((item) => item._id)).toEqual([1, 2]);
});

test('comment and write concern are accepted everywhere', async () => {
  const items = fresh('comments');
  const options = { comment: 'crud.test', writeConcern: { w: 'majority', journal: true } } as const;
  await items.insertOne({ _id: 1 }, options);
  await items.updateOne({ _id: 1 }, { $set: { a: 1 } }, options);
  await items.findOneAndUpdate({ _id: 1 }, { $set: { a: 2 } }, options);
  await items.deleteOne({ _id: 2 }, options);
  expect(await items.find({}, { comment: 'crud.test' }).toArray()).toEqual([{ _id: 1, a: 2 }]);
  expect(await items.aggregate([{ $count: 'n' }], { comment: 'crud.test' }).toArray()).toEqual([{ n: 1 }]);
  expect(await items.countDocuments({}, { comment: 'crud.test' })).toBe(1);
  expect(await items.distinct('a', {}, { comment: 'crud.test' })).toEqual([2]);
});
