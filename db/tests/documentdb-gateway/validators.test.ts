import type { Db } from 'mongodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { failure, startTestServer, type TestServer } from './support.ts';

const INVALID = 121;

let server: TestServer;
let db: Db;

beforeAll(async () => {
  server = await startTestServer();
  db = (await server.client()).db('validators');
});
afterAll(() => server.stop());

test('$jsonSchema refuses what does not fit', async () => {
  const $jsonSchema = {
    bsonType: 'object',
    required: ['name', 'age'],
    properties: {
      name: { bsonType: 'string', minLength: 2, pattern: '^[a-z]+$' },
      age: { bsonType: 'int', minimum: 0, maximum: 150 },
      kind: { enum: ['a', 'b'] },
      tags: { bsonType: 'array', maxItems: 2, items: { bsonType: 'string' } },
    },
  };
  const people = await db.createCollection('people', { validator: { $jsonSchema } });
  await people.insertOne({ name: 'ann', age: 30, kind: 'a', tags: ['x'] });
  const wrong = [
    { age: 30 },
    { name: 'A', age: 30 },
    { name: 'ann', age: 200 },
    { name: 'ann', age: 3, kind: 'c' },
    { name: 'ann', age: 3, tags: [1] },
    { name: 'ann', age: 3, tags: ['a', 'b', 'c'] },
  ];
  for (const document of wrong) expect((await failure(people.insertOne(document))).code).toBe(INVALID);
  expect((await failure(people.updateOne({ name: 'ann' }, { $set: { age: -1 } }))).code).toBe(INVALID);
  expect((await failure(people.findOneAndUpdate({ name: 'ann' }, { $set: { age: -1 } }))).code).toBe(INVALID);
});

test('$expr compares fields of one document', async () => {
  const spans = await db.createCollection('spans', { validator: { $expr: { $lte: ['$from', '$to'] } } });
  await spans.insertOne({ from: 1, to: 2 });
  expect((await failure(spans.insertOne({ from: 3, to: 2 }))).code).toBe(INVALID);
});

test('collMod changes a validator', async () => {
  const items = await db.createCollection('modified', { validator: { a: { $exists: true } } });
  expect((await failure(items.insertOne({ b: 1 }))).code).toBe(INVALID);
  await db.command({ collMod: 'modified', validator: { b: { $exists: true } }, validationLevel: 'strict' });
  await items.insertOne({ b: 1 });
  expect((await failure(items.insertOne({ a: 1 }))).code).toBe(INVALID);
});

test('bypassDocumentValidation is honoured', async () => {
  const items = await db.createCollection('bypassed', { validator: { a: { $exists: true } } });
  await items.insertOne({ b: 1 }, { bypassDocumentValidation: true });
  expect(await items.countDocuments()).toBe(1);
});

test('collections are listed with their validators and dropped', async () => {
  await db.createCollection('listed', { validator: { a: { $type: 'string' } } });
  const [found] = await db.listCollections({ name: 'listed' }).toArray();
  expect(found).toMatchObject({ name: 'listed', options: { validator: { a: { $type: 'string' } } } });
  await db.dropCollection('listed');
  expect(await db.listCollections({ name: 'listed' }).toArray()).toEqual([]);
});
