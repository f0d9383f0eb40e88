import { once } from 'node:events';
import { type MongoClient, ServerApiVersion } from 'mongodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDocumentDbGateway } from '../../src/documentdb-gateway/index.ts';
import { failure, rawClient, startTestServer, type TestServer } from './support.ts';

let server: TestServer;
let client: MongoClient;

beforeAll(async () => {
  server = await startTestServer();
  client = await server.client();
});
afterAll(() => server.stop());

test('an unknown command is 59', async () => {
  expect(await failure(client.db('x').command({ abracadabra: 1 }))).toMatchObject({
    code: 59,
    codeName: 'CommandNotFound',
  });
});

test('mistakes in queries have MongoDB’s codes', async () => {
  const items = client.db('errors').collection<{ _id: number; a?: unknown }>('codes');
  await items.insertOne({ _id: 1, a: 'text' });
  const codes: [() => Promise<unknown>, number][] = [
    [() => items.find({ $nope: 1 } as never).toArray(), 2],
    [() => items.updateOne({ _id: 1 }, { $inc: { a: 1 } } as never), 14],
    [() => items.updateOne({ _id: 1 }, { $set: { _id: 2 } } as never), 66],
    [() => items.aggregate([{ $nope: {} }]).toArray(), 40324],
    [() => client.db('errors').command({ drop: 'missing' }), 26],
    [() => client.db('errors').command({ explain: { ping: 1 } }), 59],
  ];
  for (const [mistake, code] of codes) expect((await failure(mistake())).code).toBe(code);
});

test('maxTimeMS stops a slow command with 50 and does no harm to the next', async () => {
  const items = client.db('errors').collection('slow');
  await items.insertMany(Array.from({ length: 2000 }, (_, n) => ({ n })));
  const lookup = { from: 'slow', let: { n: '$n' }, pipeline: [{ $match: { $expr: { $gt: ['$n', '$$n'] } } }], as: 'x' };
  const slow = items.aggregate([{ $lookup: lookup }, { $count: 'n' }], { maxTimeMS: 50 }).toArray();
  expect((await failure(slow)).code).toBe(50);
  expect(await items.countDocuments({}, { maxTimeMS: 5_000 })).toBe(2000);
  const session = client.startSession();
  session.startTransaction();
  await items.findOne({}, { session });
  expect((await failure(items.aggregate([{ $lookup: lookup }], { session, maxTimeMS: 50 }).toArray())).code).toBe(50);
  await session.abortTransaction();
});

test('a document over 16 MiB is refused and the connection lives on', async () => {
  const raw = await rawClient(server.port);
  const huge = { _id: 1, text: 'x'.repeat(16.5 * 1_048_576) };
  const reply = await raw.send({ insert: 'huge', documents: [huge], $db: 'errors' });
  expect(reply.writeErrors?.[0] ?? reply).toMatchObject({ code: 2, errmsg: expect.stringMatching(/size/i) });
  expect(await raw.send({ ping: 1, $db: 'errors' })).toMatchObject({ ok: 1 });
  raw.close();
});

test('a message over the limit is answered with an error and the connection closed', async () => {
  const raw = await rawClient(server.port);
  const header = Buffer.alloc(16);
  header.writeInt32LE(48_000_001, 0);
  header.writeInt32LE(77, 4);
  header.writeInt32LE(2013, 12);
  const closed = once(raw.socket, 'close');
  const [reply] = await Promise.all([once(raw.socket, 'data'), raw.write(header)]);
  expect((reply[0] as Buffer).readInt32LE(8)).toBe(77);
  await closed;
});

test('malformed frames cost their connection and nothing else', async () => {
  const length = (value: number): Buffer => {
    const bytes = Buffer.alloc(32);
    bytes.writeInt32LE(value, 0);
    bytes.writeInt32LE(2013, 12);
    return bytes;
  };
  const badSection = length(32);
  badSection.writeInt32LE(1_000, 21);
  const badDocument = length(32);
  badDocument.writeInt32LE(11, 21);
  badDocument.fill(0xff, 25);
  const frames = [length(-1), length(5), length(32), badSection, badDocument, Buffer.from('GET / HTTP/1.1\r\n\r\n  ')];
  for (const frame of frames) {
    const raw = await rawClient(server.port);
    const ended = Promise.race([once(raw.socket, 'close'), once(raw.socket, 'data')]);
    raw.write(frame);
    await ended;
    raw.close();
  }
  expect(await client.db('errors').command({ ping: 1 })).toMatchObject({ ok: 1 });
});

test('the gateway listens on loopback only', () => {
  const postgres = { port: server.postgresPort, user: 'postgres', database: 'postgres' };
  expect(() => createDocumentDbGateway({ host: '0.0.0.0', postgres })).toThrow(/loopback only/);
});

test('a stable API version is accepted', async () => {
  const strict = await server.client({ serverApi: ServerApiVersion.v1 });
  expect(await strict.db('errors').collection('any').findOne({})).toBeNull();
});
