import type { Collection, Document, MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  failure,
  PATIENCE,
  rawClient,
  rawSession,
  secondGateway,
  startTestServer,
  type TestServer,
} from './support.ts';

interface Item extends Document {
  _id?: string;
}

/** What one of several writers of the same new document was told. */
interface Outcome {
  inserted: boolean;
  matched: number;
}

const IDS = Array.from({ length: 40 }, (_, n) => `id${n}`);
const WRITERS = [0, 1, 2, 3];

let server: TestServer;
let clients: [MongoClient, MongoClient];
let stopSecond: () => Promise<void>;

beforeAll(async () => {
  server = await startTestServer();
  const second = await secondGateway(server);
  stopSecond = second.stop;
  clients = [await server.client(), await server.client({}, second.url)];
  // Connections that are still to be made would keep the writers apart.
  await race('warm', async (target, id) => ofUpdate(await target.updateOne({ _id: id }, { $inc: { n: 1 } }, upsert)));
});
afterAll(async () => {
  await stopSecond();
  await server.stop();
});

/** The same collection as the clients of the two gateways see it. */
async function collections(name: string): Promise<[Collection<Item>, Collection<Item>]> {
  const [one, other] = clients.map((client) => client.db('upserts').collection<Item>(name));
  await one?.createIndex({ email: 1 }, { unique: true, partialFilterExpression: { email: { $exists: true } } });
  await one?.createIndex(
    { owner: 1, slot: 1 },
    { unique: true, partialFilterExpression: { owner: { $exists: true } } },
  );
  return [one, other] as [Collection<Item>, Collection<Item>];
}

/** Has several writers upsert each of many new documents at once, over both gateways. */
async function race(
  name: string,
  upsert: (items: Collection<Item>, id: string, writer: number) => Promise<Outcome>,
): Promise<{ outcomes: Outcome[][]; items: Collection<Item> }> {
  const both = await collections(name);
  const outcomes = await Promise.all(
    IDS.map((id) => Promise.all(WRITERS.map((writer) => upsert(both[writer % 2] ?? both[0], id, writer)))),
  );
  return { outcomes, items: both[0] };
}

const ofUpdate = (result: { upsertedCount: number; matchedCount: number }): Outcome => ({
  inserted: result.upsertedCount === 1,
  matched: result.matchedCount,
});
const ofModify = (result: { lastErrorObject?: Document } | null): Outcome => ({
  inserted: result?.lastErrorObject?.upserted !== undefined,
  matched: result?.lastErrorObject?.updatedExisting ? 1 : 0,
});

/** As in MongoDB: one inserts, the others find what it inserted. */
function expectOneInsertEach(outcomes: Outcome[][]): void {
  for (const ofOneId of outcomes) {
    expect(ofOneId.filter(({ inserted }) => inserted)).toHaveLength(1);
    expect(ofOneId.reduce((sum, { matched }) => sum + matched, 0)).toBe(WRITERS.length - 1);
  }
}

const upsert = { upsert: true } as const;

describe('of concurrent upserts of one new _id one inserts and the others update', () => {
  test('$setOnInsert is kept of the one that was told so', async () => {
    const { outcomes, items } = await race('setOnInsert', async (target, id, writer) =>
      ofUpdate(await target.updateOne({ _id: id }, { $setOnInsert: { by: writer } }, upsert)),
    );
    expectOneInsertEach(outcomes);
    const found = await items.find().sort({ _id: 1 }).toArray();
    const told = IDS.map((_id, at) => ({ _id, by: outcomes[at]?.findIndex(({ inserted }) => inserted) }));
    expect(found).toEqual(told.sort((a, b) => (a._id < b._id ? -1 : 1)));
  });

  test('$set of different fields keeps all of them', async () => {
    const { outcomes, items } = await race('set', async (target, id, writer) =>
      ofUpdate(await target.updateOne({ _id: id }, { $set: { [`by${writer}`]: true } }, upsert)),
    );
    expectOneInsertEach(outcomes);
    expect(await items.countDocuments({ by0: true, by1: true, by2: true, by3: true })).toBe(IDS.length);
  });

  test('$inc sums up', async () => {
    const { outcomes, items } = await race('inc', async (target, id) =>
      ofUpdate(await target.updateOne({ _id: id }, { $inc: { n: 1 } }, upsert)),
    );
    expectOneInsertEach(outcomes);
    expect(await items.countDocuments({ n: WRITERS.length })).toBe(IDS.length);
  });

  test('findOneAndUpdate hands out every number once', async () => {
    const numbers = new Map<string, unknown[]>();
    const { outcomes } = await race('findOneAndUpdate', async (target, id) => {
      const options = { ...upsert, returnDocument: 'after', includeResultMetadata: true } as const;
      const result = await target.findOneAndUpdate({ _id: id }, { $inc: { n: 1 } }, options);
      numbers.set(id, [...(numbers.get(id) ?? []), result.value?.n]);
      return ofModify(result);
    });
    expectOneInsertEach(outcomes);
    for (const handedOut of numbers.values()) expect(new Set(handedOut)).toEqual(new Set([1, 2, 3, 4]));
  });

  test('replaceOne leaves one whole replacement', async () => {
    const { outcomes, items } = await race('replaceOne', async (target, id, writer) =>
      ofUpdate(await target.replaceOne({ _id: id }, { by: writer, also: writer }, upsert)),
    );
    expectOneInsertEach(outcomes);
    expect(await items.countDocuments({ $expr: { $eq: ['$by', '$also'] } })).toBe(IDS.length);
  });

  test('bulkWrite counts every statement as what it was', async () => {
    const both = await collections('bulkWrite');
    const statements = IDS.map((_id) => ({ updateOne: { filter: { _id }, update: { $inc: { n: 1 } }, upsert: true } }));
    const results = await Promise.all(
      WRITERS.map((writer) => both[writer % 2]?.bulkWrite(statements, { ordered: writer < 2 })),
    );
    expect(results.reduce((sum, result) => sum + (result?.upsertedCount ?? 0), 0)).toBe(IDS.length);
    expect(results.reduce((sum, result) => sum + (result?.matchedCount ?? 0), 0)).toBe(3 * IDS.length);
    expect(await both[0].countDocuments({ n: WRITERS.length })).toBe(IDS.length);
  });
});

describe('of concurrent upserts of one new unique key', () => {
  test('none fails with 11000, one inserts and counters sum up', async () => {
    const { outcomes, items } = await race('email', async (target, email) =>
      ofUpdate(await target.updateOne({ email }, { $inc: { n: 1 } }, upsert)),
    );
    expectOneInsertEach(outcomes);
    expect(await items.countDocuments({ n: WRITERS.length })).toBe(IDS.length);
  });

  test('that has two fields the same is true, of findOneAndUpdate as well', async () => {
    const { outcomes, items } = await race('compound', async (target, owner) => {
      const filter = { $and: [{ owner }, { slot: { $eq: 1 } }] };
      return ofModify(
        await target.findOneAndUpdate(filter, { $inc: { n: 1 } }, { ...upsert, includeResultMetadata: true }),
      );
    });
    expectOneInsertEach(outcomes);
    expect(await items.countDocuments({ n: WRITERS.length, slot: 1 })).toBe(IDS.length);
  });

  test('a replacement that keeps the key replaces what the winner inserted', async () => {
    const { outcomes, items } = await race('replaced', async (target, email, writer) =>
      ofUpdate(await target.replaceOne({ email }, { email, by: writer }, upsert)),
    );
    expectOneInsertEach(outcomes);
    expect(await items.countDocuments()).toBe(IDS.length);
  });
});

test('upserts that meet in a collection that is not there yet all come through', async () => {
  const [one, other] = clients.map((client) => client.db('upserts-new').collection<Item>('new'));
  await Promise.all(
    Array.from({ length: 30 }, (_, n) =>
      (n % 2 ? one : other)?.updateOne({ _id: 'first' }, { $inc: { n: 1 } }, { upsert: true }),
    ),
  );
  expect(await one?.findOne()).toEqual({ _id: 'first', n: 30 });
});

test('in a transaction, a collection that another one has just created is a transient WriteConflict', async () => {
  const items = clients[0].db('upserts-created').collection<Item>('new');
  const session = clients[0].startSession();
  session.startTransaction();
  await clients[0].db('upserts').collection('other').findOne({}, { session });
  await items.updateOne({ _id: 'first' }, { $inc: { n: 1 } }, upsert);
  const error = await failure(items.updateOne({ _id: 'second' }, { $inc: { n: 1 } }, { ...upsert, session }));
  expect(error).toMatchObject({ code: 112, errorLabels: ['TransientTransactionError'] });
  await session.abortTransaction();
  await session.endSession();
});

test('an upsert gets through to a document that others write all the time', async () => {
  const both = await collections('hot');
  await both[0].insertOne({ _id: 'hot', n: 0 });
  let busy = true;
  let plain = 0;
  const writers = Array.from({ length: 8 }, async (_, n) => {
    while (busy) {
      await both[n % 2]?.updateOne({ _id: 'hot' }, { $inc: { n: 1 } });
      plain += 1;
    }
  });
  const upserts = Array.from({ length: 60 }, (_, n) =>
    both[n % 2]?.updateOne({ _id: 'hot' }, { $inc: { n: 1 }, $setOnInsert: { new: true } }, upsert),
  );
  const results = await Promise.all(upserts).finally(() => {
    busy = false;
  });
  await Promise.all(writers);
  expect(results.map((result) => result?.matchedCount)).toEqual(Array(60).fill(1));
  expect(await both[0].findOne()).toEqual({ _id: 'hot', n: plain + 60 });
});

test('a duplicate key that no other attempt could avoid is told', async () => {
  const [items] = await collections('refused');
  await items.insertMany([
    { _id: 'a', email: 'a', n: 1 },
    { _id: 'b', email: 'b', n: 1 },
  ]);
  const refused = [
    items.updateOne({ _id: 'a', n: 2 }, { $set: { x: 1 } }, upsert),
    items.findOneAndUpdate({ email: 'a', n: 2 }, { $set: { x: 1 } }, upsert),
    items.updateOne({ email: 'c' }, { $set: { email: 'b' } }, upsert),
    items.replaceOne({ email: 'c' }, { email: 'b' }, upsert),
    items.updateOne({ email: 'c' }, [{ $set: { email: 'b' } }], upsert),
  ];
  for (const error of await Promise.all(refused.map(failure))) expect(error.code).toBe(11000);
  expect(await items.countDocuments()).toBe(2);
});

describe('in a transaction, an upsert of a key that another one has just inserted', () => {
  const keys: Record<string, (value: string) => Document> = {
    _id: (value) => ({ _id: value }),
    'unique key': (value) => ({ email: value }),
  };
  const ways: Record<string, (items: Collection<Item>, filter: Document, options: Document) => Promise<unknown>> = {
    updateOne: (items, filter, options) => items.updateOne(filter, { $inc: { n: 1 } }, options),
    findOneAndUpdate: (items, filter, options) => items.findOneAndUpdate(filter, { $inc: { n: 1 } }, options),
  };
  const cases = Object.keys(keys).flatMap((key) => Object.keys(ways).map((way) => ({ key, way })));

  test.each(cases)('by $key and $way is a transient WriteConflict', async ({ key, way }) => {
    const [items] = await collections('transactions');
    const filter = keys[key]?.(`${key} ${way}`) ?? {};
    const session = clients[0].startSession();
    session.startTransaction();
    await items.findOne({}, { session });
    await ways[way]?.(items, filter, upsert);
    const error = await failure(Promise.resolve(ways[way]?.(items, filter, { ...upsert, session })));
    const errorLabels = ['TransientTransactionError'];
    expect(error).toMatchObject({ code: 112, codeName: 'WriteConflict', errorLabels });
    await session.abortTransaction();
    await session.endSession();
    expect(await items.findOne(filter)).toMatchObject({ n: 1 });
  });

  test.each(cases)('by $key and $way comes through with withTransaction', async ({ key, way }) => {
    const both = await collections('withTransaction');
    const filter = keys[key]?.(`${key} ${way}`) ?? {};
    await Promise.all(
      Array.from({ length: 6 }, (_, n) =>
        clients[n % 2]?.withSession((session) =>
          session.withTransaction(async () => ways[way]?.(both[n % 2] ?? both[0], filter, { ...upsert, session })),
        ),
      ),
    );
    expect(await both[0].find(filter).toArray()).toMatchObject([{ n: 6 }]);
  });

  test('is told so also while the other transaction is open', async () => {
    const [items] = await collections('open');
    const [first, second] = [clients[0].startSession(), clients[0].startSession()];
    first.startTransaction();
    second.startTransaction();
    await items.updateOne({ email: 'x' }, { $inc: { n: 1 } }, { ...upsert, session: first });
    const refused = failure(items.updateOne({ email: 'x' }, { $inc: { n: 1 } }, { ...upsert, session: second }));
    const sql = await server.sql();
    await vi.waitFor(async () => {
      const rows = await sql.query("select 1 from pg_stat_activity where wait_event_type = 'Lock'");
      expect(rows.length).toBeGreaterThan(0);
    }, PATIENCE);
    await first.commitTransaction();
    expect((await refused).code).toBe(112);
    await second.abortTransaction();
    await Promise.all([first.endSession(), second.endSession()]);
    sql.end();
  });
});

test('an upsert sent twice at once, to two gateways, is done once', async () => {
  const [items] = await collections('repeated');
  const ports = clients.map((client) => Number(client.options.hosts[0]?.port));
  const raws = await Promise.all(ports.map(rawClient));
  for (let round = 0; round < 20; round++) {
    const { lsid, number } = rawSession();
    const updates = [{ q: { _id: `r${round}` }, u: { $inc: { n: 1 } }, upsert: true }];
    const command = { update: 'repeated', updates, lsid, txnNumber: number(1), $db: 'upserts' };
    const replies = await Promise.all(raws.map((raw) => raw.send(command)));
    expect(replies).toEqual(Array(2).fill({ ok: 1, n: 1, nModified: 0, upserted: [{ index: 0, _id: `r${round}` }] }));
  }
  expect(await items.countDocuments({ n: 1 })).toBe(20);
  for (const raw of raws) raw.close();
});
