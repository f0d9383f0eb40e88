import type { Collection, Document, MongoClient } from 'mongodb';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { PATIENCE, rawClient, rawSession, startTestServer, type TestServer } from './support.ts';

interface Counter extends Document {
  _id: string;
  n: number;
}

vi.setConfig({ testTimeout: 60_000 });

let server: TestServer;
let client: MongoClient;
let counters: Collection<Counter>;

beforeAll(async () => {
  server = await startTestServer();
  client = await server.client({ serverSelectionTimeoutMS: 15_000 });
  counters = client.db('crash').collection<Counter>('counters');
});
afterAll(() => server.stop());

const increment = (id: string): Document => ({
  update: 'counters',
  updates: [{ q: { _id: id }, u: { $inc: { n: 1 } } }],
});

test('a write repeated after the gateway was killed gets the first reply and is not done again', async () => {
  await counters.insertOne({ _id: 'repeated', n: 0 });
  const { lsid, number } = rawSession();
  const command = { ...increment('repeated'), lsid, txnNumber: number(1), $db: 'crash' };
  const before = await rawClient(server.port);
  const first = await before.send(command);
  await server.crash('gateway');
  const after = await rawClient(server.port);
  expect(await after.send(command)).toEqual(first);
  expect(await after.send({ ...command, txnNumber: number(2) })).toMatchObject({ n: 1 });
  expect(await after.send(command)).toMatchObject({ ok: 0, code: 225 });
  expect(await counters.findOne({ _id: 'repeated' })).toMatchObject({ n: 2 });
  after.close();
});

test('a findAndModify and a failed insert are remembered alike', async () => {
  await counters.insertOne({ _id: 'modified', n: 0 });
  const { lsid, number } = rawSession();
  const modify = {
    findAndModify: 'counters',
    query: { _id: 'modified' },
    update: { $inc: { n: 1 } },
    new: true,
    lsid,
    txnNumber: number(1),
    $db: 'crash',
  };
  const documents = [{ _id: 'new', n: 0 }, { _id: 'modified' }, { _id: 'unreached' }];
  const other = rawSession();
  const insert = { insert: 'counters', documents, lsid: other.lsid, txnNumber: other.number(1), $db: 'crash' };
  const before = await rawClient(server.port);
  const replies = [await before.send(modify), await before.send(insert)];
  await server.crash('gateway');
  const after = await rawClient(server.port);
  expect([await after.send(modify), await after.send(insert)]).toEqual(replies);
  expect(replies[0]).toMatchObject({ value: { n: 1 } });
  expect(replies[1]).toMatchObject({ n: 1, writeErrors: [{ index: 1, code: 11000, keyValue: { _id: 'modified' } }] });
  after.close();
});

test('a write still under way in PostgreSQL when the gateway dies is done once, whoever asks again', async () => {
  await counters.insertOne({ _id: 'under-way', n: 0 });
  const { lsid, number } = rawSession();
  const command = { ...increment('under-way'), lsid, txnNumber: number(1), $db: 'crash' };
  // Somebody else's transaction makes the write wait inside PostgreSQL.
  const sql = await server.sql();
  // Should the test fail, the others must not wait for this lock.
  onTestFinished(() => sql.end());
  await sql.exec('begin');
  const table = await sql.query(
    `select 'documentdb_data.documents_' || collection_id from documentdb_api_catalog.collections
     where database_name = 'crash' and collection_name = 'counters'`,
  );
  await sql.exec(`lock table ${String(table[0]?.[0])} in access exclusive mode`);
  // A connection of its own: inside a transaction the view of activity does not change.
  const watcher = await server.sql();
  const lost = await rawClient(server.port);
  const unanswered = lost.send(command).catch(() => 'lost');
  await vi.waitFor(async () => expect(await waiting(watcher)).toBeGreaterThan(0), PATIENCE);
  // Awaited: a process that dies closes its clients' connections before the port, which takes one more until then.
  await server.crash('gateway');
  expect(await unanswered).toBe('lost');
  const retried = await rawClient(server.port);
  const reply = retried.send(command);
  await vi.waitFor(async () => expect(await waiting(watcher)).toBeGreaterThan(1), { timeout: 10_000 });
  await sql.exec('commit');
  expect(await reply).toMatchObject({ ok: 1, n: 1 });
  await vi.waitFor(async () => expect(await waiting(watcher)).toBe(0), PATIENCE);
  expect(await counters.findOne({ _id: 'under-way' })).toMatchObject({ n: 1 });
  retried.close();
  watcher.end();
});

test('while the gateway is killed again and again, every write the driver reports is done once and none twice', async () => {
  const fields = Array.from({ length: 120 }, (_, n) => `w${n}`);
  await counters.insertOne({ _id: 'driver', n: 0 });
  const acknowledged: string[] = [];
  for (let round = 0; round < 3; round++) {
    const writes = fields.slice(round * 40, round * 40 + 40).map(async (field) => {
      // The driver tries twice; a write that meets the crash both times is reported as failed.
      const result = await counters.updateOne({ _id: 'driver' }, { $inc: { [field]: 1 } }).catch(() => undefined);
      if (result?.modifiedCount === 1) acknowledged.push(field);
    });
    await Promise.race(writes);
    await server.crash('gateway');
    await Promise.all(writes);
  }
  const found = await counters.findOne({ _id: 'driver' });
  expect(acknowledged.length).toBeGreaterThan(60);
  expect(acknowledged.filter((field) => found?.[field] !== 1)).toEqual([]);
  expect(fields.filter((field) => (found?.[field] ?? 0) > 1)).toEqual([]);
});

test('a transaction open when the gateway dies leaves nothing, and withTransaction does it again', async () => {
  await counters.insertOne({ _id: 'open', n: 0 });
  let attempts = 0;
  await client.withSession((session) =>
    session.withTransaction(async () => {
      attempts += 1;
      await counters.updateOne({ _id: 'open' }, { $inc: { n: 1 } }, { session });
      if (attempts === 1) await server.crash('gateway');
      await counters.updateOne({ _id: 'open' }, { $inc: { n: 10 } }, { session });
    }),
  );
  expect(attempts).toBe(2);
  expect(await counters.findOne({ _id: 'open' })).toMatchObject({ n: 11 });
});

test('a commit whose reply was lost with the gateway is known to its successor', async () => {
  await counters.insertOne({ _id: 'committed', n: 0 });
  const { lsid, number } = rawSession();
  const part = { lsid, txnNumber: number(1), autocommit: false };
  const before = await rawClient(server.port);
  await before.send({ ...increment('committed'), startTransaction: true, ...part, $db: 'crash' });
  await before.send({ commitTransaction: 1, ...part, $db: 'admin' });
  await server.crash('gateway');
  const after = await rawClient(server.port);
  expect(await after.send({ commitTransaction: 1, ...part, $db: 'admin' })).toMatchObject({ ok: 1 });
  const never = { commitTransaction: 1, ...part, txnNumber: number(2), $db: 'admin' };
  expect(await after.send(never)).toMatchObject({ code: 251, errorLabels: ['TransientTransactionError'] });
  expect(await counters.findOne({ _id: 'committed' })).toMatchObject({ n: 1 });
  after.close();
});

test('a restart of PostgreSQL is waited for, and nothing acknowledged is lost or doubled', async () => {
  await counters.insertOne({ _id: 'restart', n: 0 });
  const writes = Array.from({ length: 30 }, () => counters.updateOne({ _id: 'restart' }, { $inc: { n: 1 } }));
  await Promise.race(writes);
  await server.crash('postgres');
  const done = (await Promise.all(writes)).reduce((sum, result) => sum + result.modifiedCount, 0);
  expect(done).toBe(30);
  expect(await counters.findOne({ _id: 'restart' })).toMatchObject({ n: 30 });
});

test('a transaction open when PostgreSQL dies is done again', async () => {
  await counters.insertOne({ _id: 'reopened', n: 0 });
  let attempts = 0;
  await client.withSession((session) =>
    session.withTransaction(async () => {
      attempts += 1;
      await counters.updateOne({ _id: 'reopened' }, { $inc: { n: 1 } }, { session });
      if (attempts === 1) await server.crash('postgres');
    }),
  );
  expect(await counters.findOne({ _id: 'reopened' })).toMatchObject({ n: 1 });
});

/** How many of the gateways' commands wait for a lock; PostgreSQL's own jobs may do so too. */
async function waiting(sql: { query(text: string): Promise<(Buffer | null)[][]> }): Promise<number> {
  const rows = await sql.query(
    `select count(*)::text from pg_stat_activity
     where wait_event_type = 'Lock' and backend_type = 'client backend'`,
  );
  return Number(rows[0]?.[0]);
}
