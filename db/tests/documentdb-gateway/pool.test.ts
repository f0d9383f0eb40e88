import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDocumentDbGateway, type DocumentDbGateway } from '../../src/documentdb-gateway/index.ts';
import { PgPool } from '../../src/documentdb-gateway/pg-pool.ts';
import { failure, rawClient, rawSession, startTestServer, type TestServer } from './support.ts';

let server: TestServer;
let gateway: DocumentDbGateway;
let port: number;
let uri: string;

beforeAll(async () => {
  server = await startTestServer();
  gateway = createDocumentDbGateway({
    postgres: { port: server.postgresPort, user: 'postgres', database: 'postgres' },
    poolSize: 2,
    maxTransactions: 1,
    queueTimeoutMs: 150,
    topology: 'replset',
  });
  ({ port, uri } = await gateway.listen());
});
afterAll(async () => {
  await gateway.close();
  await server.stop();
});

test('more clients than connections are served in turn', async () => {
  const postgres = { port: server.postgresPort, user: 'postgres', database: 'postgres' };
  // With the usual patience: how long two hundred take depends on what else the machine does.
  const patient = createDocumentDbGateway({ postgres, poolSize: 2 });
  const client = await new MongoClient((await patient.listen()).uri, { maxPoolSize: 40 }).connect();
  const items = client.db('pool').collection('items');
  await Promise.all(Array.from({ length: 200 }, (_, n) => items.insertOne({ n })));
  expect(await items.countDocuments()).toBe(200);
  await client.close();
  await patient.close();
});

test('a transaction that finds no connection in time is told so, and may try again', async () => {
  const raw = await rawClient(port);
  const begin = (session: ReturnType<typeof rawSession>): Record<string, unknown> => ({
    find: 'items',
    lsid: session.lsid,
    txnNumber: session.number(1),
    autocommit: false,
    startTransaction: true,
    $db: 'pool',
  });
  const [holder, late] = [rawSession(), rawSession()];
  expect(await raw.send(begin(holder))).toMatchObject({ ok: 1 });
  expect(await raw.send(begin(late))).toMatchObject({
    ok: 0,
    code: 365,
    errmsg: expect.stringContaining('1 PostgreSQL connections for transactions stayed busy'),
    errorLabels: ['TransientTransactionError'],
  });
  const end = { abortTransaction: 1, lsid: holder.lsid, txnNumber: holder.number(1), autocommit: false, $db: 'admin' };
  await raw.send(end);
  expect(await raw.send({ ...begin(late), txnNumber: late.number(2) })).toMatchObject({ ok: 1 });
  await raw.send({ ...end, lsid: late.lsid, txnNumber: late.number(2) });
  raw.close();
});

test('a command that finds no connection in time is told so, and a write may be sent again', async () => {
  const sql = await server.sql();
  await sql.exec('begin');
  const [table] = await sql.query(
    `select 'documentdb_data.documents_' || collection_id from documentdb_api_catalog.collections
     where database_name = 'pool' and collection_name = 'items'`,
  );
  await sql.exec(`lock table ${String(table?.[0])} in access exclusive mode`);
  const blocked = await Promise.all([rawClient(port), rawClient(port)]);
  const waiting = blocked.map((raw) => raw.send({ find: 'items', $db: 'pool' }));
  const raw = await rawClient(port);
  const { lsid, number } = rawSession();
  const write = { insert: 'other', documents: [{ a: 1 }], lsid, txnNumber: number(1), $db: 'pool' };
  expect(await raw.send(write)).toMatchObject({ code: 365, errorLabels: ['RetryableWriteError'] });
  await sql.exec('commit');
  for (const reply of await Promise.all(waiting)) expect(reply).toMatchObject({ ok: 1 });
  expect(await raw.send(write)).toMatchObject({ ok: 1, n: 1 });
  for (const connection of [...blocked, raw]) connection.close();
  sql.end();
});

test('a gateway that claims to be a replica set is used as one', async () => {
  const client = await new MongoClient(`${uri}?replicaSet=rs0`).connect();
  const items = client.db('pool').collection('set');
  await client.withSession((session) => session.withTransaction(() => items.insertOne({ a: 1 }, { session })));
  expect(await items.countDocuments()).toBe(1);
  await client.close();
});

test('close is idempotent and refuses nothing that was asked before', async () => {
  const second = createDocumentDbGateway({
    postgres: { port: server.postgresPort, user: 'postgres', database: 'postgres' },
  });
  await second.listen();
  await Promise.all([second.close(), second.close()]);
  expect((await failure(rawClient(0))).message).toBeTruthy();
});

test('after a connection broke, none that is as old is handed out', async () => {
  const target = { port: server.postgresPort, user: 'postgres', database: 'postgres' };
  const pool = new PgPool(target, { max: 3, queueTimeoutMs: 150, connectPatienceMs: 1_000, purpose: 'a test' });
  const [idle, inUse, breaking] = [await pool.acquire(), await pool.acquire(), await pool.acquire()];
  pool.release(idle);
  const [pid] = (await breaking.query('select pg_backend_pid()::text'))[0] ?? [];
  const sql = await server.sql();
  await sql.query(`select pg_terminate_backend(${String(pid)})`);
  await expect(breaking.query('select 1')).rejects.toMatchObject({ code: expect.stringMatching(/^(57P01|08006)$/) });
  pool.release(breaking);
  expect(idle.closed).toBe(true);
  pool.release(inUse);
  expect(inUse.closed).toBe(true);
  const renewed = await Promise.all([pool.acquire(), pool.acquire(), pool.acquire()]);
  for (const connection of renewed) expect(await connection.query('select 1')).toHaveLength(1);
  const [first] = renewed;
  for (const connection of renewed) pool.release(connection);
  expect(first?.closed).toBe(false);
  pool.end();
});
