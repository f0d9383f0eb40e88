import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Collection, MongoClient } from 'mongodb';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { createDocumentDbGateway, type PgConnection } from '../../src/documentdb-gateway/index.ts';
import { failure, PATIENCE, printed, rawClient, rawSession, startTestServer, type TestServer } from './support.ts';

interface Item {
  _id: string;
  by?: string;
}

const CLIENT = fileURLToPath(new URL('doomed-client.ts', import.meta.url));
/** Far less than the minute after which a transaction is given up by itself. */
const SOON_MS = 10_000;

let server: TestServer;
let client: MongoClient;
let items: Collection<Item>;
let sql: PgConnection;

beforeAll(async () => {
  server = await startTestServer();
  client = await server.client();
  items = client.db('doomed').collection<Item>('items');
  await items.insertMany([{ _id: 'locked' }, { _id: 'idle' }, { _id: 'read' }, { _id: 'wait' }]);
  sql = await server.sql();
});
afterAll(async () => {
  sql.end();
  await server.stop();
});

/** Starts a client process and resolves once its transaction has written `id`. */
async function openTransaction(id: string, then = ''): Promise<ChildProcess> {
  const child = fork(CLIENT, [server.url, id, then], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  expect(await printed(child, /state: (\S+)/)).toBe('open');
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

async function expectWrittenSoon(id: string): Promise<void> {
  const begun = Date.now();
  await items.updateOne({ _id: id }, { $set: { by: 'another' } });
  expect(Date.now() - begun).toBeLessThan(SOON_MS);
  expect(await items.findOne({ _id: id })).toEqual({ _id: id, by: 'another' });
}

/** How many backends of the gateways are in a transaction. */
async function inTransaction(condition = 'true'): Promise<number> {
  const rows = await sql.query(
    `select count(*)::text from pg_stat_activity
     where backend_type = 'client backend' and xact_start is not null and pid <> pg_backend_pid() and ${condition}`,
  );
  return Number(rows[0]?.[0]);
}

async function waitingFor(watcher: PgConnection, event: string): Promise<number> {
  return (await watcher.query(`select 1 from pg_stat_activity where wait_event = '${event}'`)).length;
}

test('a client that is killed in the middle of a transaction lets go of what it wrote', async () => {
  await kill(await openTransaction('idle'));
  await expectWrittenSoon('idle');
  await vi.waitFor(async () => expect(await inTransaction()).toBe(0), PATIENCE);
});

test('a client that is killed while its transaction reads for long is no longer worked for', async () => {
  const child = await openTransaction('read', 'read');
  await vi.waitFor(async () => expect(await inTransaction("state = 'active'")).toBe(1), PATIENCE);
  await kill(child);
  await expectWrittenSoon('read');
  await vi.waitFor(async () => expect(await inTransaction()).toBe(0), PATIENCE);
});

test('a client that is killed while its transaction waits for another one no longer waits', async () => {
  const session = client.startSession();
  session.startTransaction();
  await items.updateOne({ _id: 'locked' }, { $set: { by: 'holder' } }, { session });
  const child = await openTransaction('wait', 'wait');
  await vi.waitFor(async () => expect(await inTransaction("wait_event_type = 'Lock'")).toBe(1), PATIENCE);
  await kill(child);
  await expectWrittenSoon('wait');
  await session.commitTransaction();
  await session.endSession();
  expect(await items.findOne({ _id: 'locked' })).toEqual({ _id: 'locked', by: 'holder' });
});

test('a transaction outlives one of its connections while another one carries it', async () => {
  const [one, other] = [await rawClient(server.port), await rawClient(server.port)];
  const { lsid, number } = rawSession();
  const part = { lsid, txnNumber: number(1), autocommit: false };
  const write = (by: string): Record<string, unknown> => ({
    update: 'items',
    updates: [{ q: { _id: 'idle' }, u: { $set: { by } } }],
    ...part,
    $db: 'doomed',
  });
  await one.send({ ...write('first'), startTransaction: true });
  await other.send(write('second'));
  one.close();
  // Something that comes after the close, for the gateway as well.
  await (await rawClient(server.port)).send({ ping: 1, $db: 'admin' });
  expect(await other.send({ commitTransaction: 1, ...part, $db: 'admin' })).toMatchObject({ ok: 1 });
  expect(await items.findOne({ _id: 'idle' })).toMatchObject({ by: 'second' });
  other.close();
});

test('a commit under way when its client goes takes place, and whoever asks is told so', async () => {
  const raw = await rawClient(server.port);
  const { lsid, number } = rawSession();
  const part = { lsid, txnNumber: number(1), autocommit: false };
  const updates = [{ q: { _id: 'idle' }, u: { $set: { by: 'committed' } } }];
  await raw.send({ update: 'items', updates, startTransaction: true, ...part, $db: 'doomed' });
  // Holds PostgreSQL in its COMMIT until the lock is given back.
  await sql.exec(`
    create function postbook_gateway.hold() returns trigger language plpgsql
      as 'begin perform pg_advisory_xact_lock(1); return null; end';
    create constraint trigger hold after insert on postbook_gateway.retry_memory
      deferrable initially deferred for each row execute function postbook_gateway.hold()`);
  await sql.query('select pg_advisory_lock(1)');
  const lost = failure(raw.send({ commitTransaction: 1, ...part, $db: 'admin' }));
  const watcher = await server.sql();
  await vi.waitFor(async () => expect(await waitingFor(watcher, 'advisory')).toBe(1), PATIENCE);
  raw.close();
  await lost;
  const asking = await rawClient(server.port);
  const answer = asking.send({ commitTransaction: 1, ...part, $db: 'admin' });
  await vi.waitFor(async () => expect(await waitingFor(watcher, 'transactionid')).toBe(1), PATIENCE);
  await sql.query('select pg_advisory_unlock(1)');
  expect(await answer).toEqual({ ok: 1 });
  expect(await items.findOne({ _id: 'idle' })).toMatchObject({ by: 'committed' });
  await sql.exec('drop function postbook_gateway.hold() cascade');
  watcher.end();
  asking.close();
});

test('a statement that runs when its transaction has been open for too long is cancelled', async () => {
  const postgres = { port: server.postgresPort, user: 'postgres', database: 'postgres' };
  const impatient = createDocumentDbGateway({ postgres, transactionLifetimeMs: 200 });
  const { port } = await impatient.listen();
  const raw = await rawClient(port);
  const { lsid, number } = rawSession();
  const pipeline = [
    { $limit: 1 },
    { $set: { a: { $range: [0, 3_200] } } },
    { $unwind: '$a' },
    { $set: { b: { $range: [0, 3_200] } } },
    { $unwind: '$b' },
    { $group: { _id: { $mod: ['$b', 7] }, n: { $sum: '$a' } } },
  ];
  const part = { lsid, txnNumber: number(1), autocommit: false, startTransaction: true, $db: 'doomed' };
  const reply = await raw.send({ aggregate: 'items', pipeline, cursor: {}, ...part });
  expect(reply).toMatchObject({ ok: 0, code: 251, errorLabels: ['TransientTransactionError'] });
  expect(await inTransaction("state = 'active'")).toBe(0);
  raw.close();
  await impatient.close();
});
