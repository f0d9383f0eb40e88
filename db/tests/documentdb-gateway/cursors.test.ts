import { Long } from 'bson';
import type { Collection } from 'mongodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { failure, rawClient, startTestServer, type TestServer } from './support.ts';

interface Item {
  _id: number;
  name: string;
}

let server: TestServer;
let items: Collection<Item>;

beforeAll(async () => {
  server = await startTestServer();
  items = (await server.client()).db('cursors').collection<Item>('items');
  await items.insertMany(Array.from({ length: 300 }, (_, n) => ({ _id: n, name: `user${n}` })));
});
afterAll(() => server.stop());

test('all pages of a plain, a sorted and an aggregated result arrive once', async () => {
  expect(await items.find().batchSize(50).toArray()).toHaveLength(300);
  const sorted = await items.find().sort({ name: 1 }).batchSize(70).toArray();
  expect(new Set(sorted.map((item) => item._id)).size).toBe(300);
  const grouped = await items.aggregate([{ $group: { _id: '$name' } }], { batchSize: 100 }).toArray();
  expect(grouped).toHaveLength(300);
});

test('a cursor goes on while its documents are written', async () => {
  const cursor = items.find({}, { batchSize: 50 });
  let seen = 0;
  for await (const _ of cursor) {
    seen += 1;
    if (seen === 60) await items.updateMany({}, { $set: { touched: true } } as never);
  }
  expect(seen).toBe(300);
});

test('a killed cursor is gone', async () => {
  const raw = await rawClient(server.port);
  const page = await raw.send({ find: 'items', sort: { name: 1 }, batchSize: 10, $db: 'cursors' });
  const id: Long = page.cursor.id;
  expect(id.isZero()).toBe(false);
  const killed = await raw.send({ killCursors: 'items', cursors: [id, Long.fromNumber(7)], $db: 'cursors' });
  expect([killed.cursorsKilled, killed.cursorsNotFound].map(String)).toEqual([String(id), '7']);
  expect(await raw.send({ getMore: id, collection: 'items', $db: 'cursors' })).toMatchObject({ ok: 0, code: 43 });
  raw.close();
});

test('a cursor does not survive the gateway, and the client is told so', async () => {
  const cursor = items.find().sort({ name: 1 }).batchSize(10);
  await cursor.next();
  await server.crash('gateway');
  const drained = cursor.toArray();
  expect((await failure(drained)).code).toBe(43);
});

test('a cursor whose pages PostgreSQL lost fails as a whole, not with half a result', async () => {
  const cursor = items.find().sort({ name: 1 }).batchSize(10);
  await cursor.next();
  await server.crash('postgres');
  const outcome = await cursor.toArray().catch((error: Error) => error);
  if (Array.isArray(outcome)) expect(outcome).toHaveLength(299);
  else expect(outcome).toMatchObject({ code: 43 });
});
