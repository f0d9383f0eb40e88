import type { ClientSession, Collection, MongoClient } from 'mongodb';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createDocumentDbGateway } from '../../src/documentdb-gateway/index.ts';
import { failure, rawClient, rawSession, startTestServer, type TestServer } from './support.ts';

interface Account {
  _id: string;
  n: number;
}

let server: TestServer;
let client: MongoClient;
let accounts: Collection<Account>;

beforeAll(async () => {
  server = await startTestServer();
  client = await server.client();
  accounts = client.db('transactions').collection<Account>('accounts');
  await accounts.insertMany(['a', 'b', 'c', 'd', 'e', 'f'].map((_id) => ({ _id, n: 0 })));
});
afterAll(() => server.stop());

const add = (id: string, session?: ClientSession): Promise<unknown> =>
  accounts.updateOne({ _id: id }, { $inc: { n: 1 } }, session ? { session } : {});
const balance = async (id: string): Promise<number | undefined> => (await accounts.findOne({ _id: id }))?.n;

test('what a transaction wrote is seen inside at once and outside after its commit', async () => {
  const session = client.startSession();
  session.startTransaction();
  await add('a', session);
  expect((await accounts.findOne({ _id: 'a' }, { session }))?.n).toBe(1);
  expect(await balance('a')).toBe(0);
  await session.commitTransaction();
  expect(await balance('a')).toBe(1);
  await session.endSession();
});

test('an aborted transaction leaves nothing', async () => {
  const session = client.startSession();
  session.startTransaction();
  await add('b', session);
  await session.abortTransaction();
  expect(await balance('b')).toBe(0);
  await session.endSession();
});

test('a transaction reads one snapshot', async () => {
  const session = client.startSession();
  session.startTransaction();
  await accounts.findOne({ _id: 'a' }, { session });
  await accounts.insertOne({ _id: 'later', n: 0 });
  expect(await accounts.findOne({ _id: 'later' }, { session })).toBeNull();
  await session.commitTransaction();
  await session.endSession();
});

test('of two transactions on one document the second gets WriteConflict, to be tried again', async () => {
  const [first, second] = [client.startSession(), client.startSession()];
  first.startTransaction();
  second.startTransaction();
  await accounts.findOne({ _id: 'c' }, { session: second });
  await add('c', first);
  await first.commitTransaction();
  const error = await failure(add('c', second));
  expect(error).toMatchObject({ code: 112, codeName: 'WriteConflict' });
  expect(
    (error as unknown as { hasErrorLabel(label: string): boolean }).hasErrorLabel('TransientTransactionError'),
  ).toBe(true);
  await second.abortTransaction();
  await Promise.all([first.endSession(), second.endSession()]);
});

test('withTransaction brings concurrent increments through, each once', async () => {
  const run = (): Promise<unknown> => client.withSession((session) => session.withTransaction(() => add('d', session)));
  await Promise.all(Array.from({ length: 12 }, run));
  expect(await balance('d')).toBe(12);
});

test('two transactions that wait for each other both come through in the end', async () => {
  const run = (one: string, other: string): Promise<unknown> =>
    client.withSession((session) =>
      session.withTransaction(async () => {
        await add(one, session);
        await add(other, session);
      }),
    );
  await Promise.all([run('e', 'f'), run('f', 'e'), run('e', 'f'), run('f', 'e')]);
  expect([await balance('e'), await balance('f')]).toEqual([4, 4]);
});

test('a cursor reads on inside its transaction', async () => {
  const numbers = client.db('transactions').collection('numbers');
  await numbers.insertMany(Array.from({ length: 120 }, (_, n) => ({ n })));
  await client.withSession((session) =>
    session.withTransaction(async () => {
      expect(await numbers.find({}, { session, batchSize: 50 }).sort({ n: 1 }).toArray()).toHaveLength(120);
    }),
  );
});

test('createIndexes and other changes of shape are refused', async () => {
  const session = client.startSession();
  session.startTransaction();
  expect((await failure(accounts.createIndex({ n: 1 }, { session }))).code).toBe(263);
  await session.abortTransaction();
  await session.endSession();
});

test('a commit sent twice is answered twice and done once', async () => {
  const raw = await rawClient(server.port);
  const { lsid, number } = rawSession();
  const part = { lsid, txnNumber: number(1), autocommit: false };
  const updates = [{ q: { _id: 'a' }, u: { $inc: { n: 100 } } }];
  await raw.send({ update: 'accounts', updates, startTransaction: true, ...part, $db: 'transactions' });
  for (let times = 0; times < 2; times++) {
    expect(await raw.send({ commitTransaction: 1, ...part, $db: 'admin' })).toMatchObject({ ok: 1 });
  }
  expect(await balance('a')).toBe(101);
  raw.close();
});

test('a commit of a transaction nobody knows is 251 and transient', async () => {
  const raw = await rawClient(server.port);
  const { lsid, number } = rawSession();
  const commit = { commitTransaction: 1, lsid, txnNumber: number(9), autocommit: false, $db: 'admin' };
  expect(await raw.send(commit)).toMatchObject({ ok: 0, code: 251, errorLabels: ['TransientTransactionError'] });
  raw.close();
});

test('a transaction that stays open too long is ended', async () => {
  const postgres = { port: server.postgresPort, user: 'postgres', database: 'postgres' };
  const impatient = createDocumentDbGateway({ postgres, transactionLifetimeMs: 50 });
  const { port } = await impatient.listen();
  const raw = await rawClient(port);
  const { lsid, number } = rawSession();
  const part = { lsid, txnNumber: number(1), autocommit: false, $db: 'transactions' };
  await raw.send({ find: 'accounts', startTransaction: true, ...part });
  const ended = async (): Promise<void> =>
    expect(await raw.send({ find: 'accounts', ...part })).toMatchObject({ code: 251 });
  await vi.waitFor(ended, { timeout: 5_000 });
  raw.close();
  await impatient.close();
});
