import type { Collection, Document } from 'mongodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from './support.ts';

interface Sale extends Document {
  _id: number;
}

let server: TestServer;
let sales: Collection<Sale>;

beforeAll(async () => {
  server = await startTestServer();
  const db = (await server.client()).db('aggregation');
  sales = db.collection<Sale>('sales');
  await sales.insertMany([
    { _id: 1, user: 'x', value: 5, at: new Date('2024-03-05T10:11:12Z'), tags: ['r', 's'], friends: [2, 3] },
    { _id: 2, user: 'y', value: 7, at: new Date('2024-03-05T20:00:00Z'), tags: ['s'], friends: [3] },
    { _id: 3, user: 'x', value: 9, at: new Date('2024-04-01T00:00:00Z'), tags: [], friends: [] },
  ]);
  await db.collection<Document & { _id: string }>('users').insertMany([
    { _id: 'x', name: 'Xa' },
    { _id: 'y', name: 'Yb' },
  ]);
});
afterAll(() => server.stop());

const run = (pipeline: Document[]): Promise<Document[]> => sales.aggregate(pipeline).toArray();

test('$match, $group, $sort and $project', async () => {
  expect(
    await run([
      { $match: { value: { $gt: 4 } } },
      { $group: { _id: '$user', sum: { $sum: '$value' }, n: { $count: {} }, ids: { $push: '$_id' } } },
      { $sort: { _id: 1 } },
      { $project: { sum: 1, n: 1, ids: 1, title: { $concat: ['$_id', '!'] } } },
    ]),
  ).toEqual([
    { _id: 'x', sum: 14, n: 2, ids: [1, 3], title: 'x!' },
    { _id: 'y', sum: 7, n: 1, ids: [2], title: 'y!' },
  ]);
});

test('$lookup by field and by pipeline', async () => {
  const byField = { from: 'users', localField: 'user', foreignField: '_id', as: 'who' };
  expect(
    await run([{ $lookup: byField }, { $unwind: '$who' }, { $sort: { _id: 1 } }, { $project: { name: '$who.name' } }]),
  ).toEqual([
    { _id: 1, name: 'Xa' },
    { _id: 2, name: 'Yb' },
    { _id: 3, name: 'Xa' },
  ]);
  const inner = [{ $match: { $expr: { $eq: ['$_id', '$$user'] } } }, { $project: { _id: 0 } }];
  expect(
    await run([
      { $match: { _id: 1 } },
      { $lookup: { from: 'users', let: { user: '$user' }, pipeline: inner, as: 'who' } },
      { $project: { who: 1 } },
    ]),
  ).toEqual([{ _id: 1, who: [{ name: 'Xa' }] }]);
});

test('$facet answers several questions at once', async () => {
  const top = [{ $sort: { value: -1 } }, { $limit: 1 }, { $project: { value: 1 } }];
  expect(await run([{ $facet: { count: [{ $count: 'n' }], top } }])).toEqual([
    { count: [{ n: 3 }], top: [{ _id: 3, value: 9 }] },
  ]);
});

test('$unionWith, $graphLookup and $setWindowFields', async () => {
  expect(await run([{ $unionWith: { coll: 'users' } }])).toHaveLength(5);
  const network = {
    from: 'sales',
    startWith: '$friends',
    connectFromField: 'friends',
    connectToField: '_id',
    as: 'net',
  };
  expect((await run([{ $match: { _id: 1 } }, { $graphLookup: network }]))[0]?.net).toHaveLength(2);
  const output = { running: { $sum: '$value', window: { documents: ['unbounded', 'current'] } } };
  expect(
    await run([
      { $setWindowFields: { partitionBy: '$user', sortBy: { value: 1 }, output } },
      { $sort: { _id: 1 } },
      { $project: { running: 1 } },
    ]),
  ).toEqual([
    { _id: 1, running: 5 },
    { _id: 2, running: 7 },
    { _id: 3, running: 14 },
  ]);
});

test('$merge and $out write results', async () => {
  const totals = { $group: { _id: '$user', sum: { $sum: '$value' } } };
  await run([totals, { $merge: { into: 'totals', whenMatched: 'replace', whenNotMatched: 'insert' } }]);
  await run([totals, { $merge: { into: 'totals' } }]);
  expect(await (await server.client()).db('aggregation').collection('totals').countDocuments()).toBe(2);
  await run([{ $out: 'copy' }]);
  expect(await (await server.client()).db('aggregation').collection('copy').countDocuments()).toBe(3);
});

test('dates are cut and formatted in the engine', async () => {
  const day = { $dateTrunc: { date: '$at', unit: 'day' } };
  const text = { $dateToString: { date: '$at', format: '%Y-%m-%d' } };
  expect(await run([{ $match: { _id: 1 } }, { $project: { day, text } }])).toEqual([
    { _id: 1, day: new Date('2024-03-05'), text: '2024-03-05' },
  ]);
});

test('array expressions: $map, $filter, $reduce, $switch, $setUnion', async () => {
  // biome-ignore lint/suspicious/noThenProperty: it is the operator's own name
  const high = { case: { $gt: ['$value', 4] }, then: 'high' };
  const [result] = await run([
    { $match: { _id: 1 } },
    {
      $project: {
        upper: { $map: { input: '$tags', as: 'tag', in: { $toUpper: '$$tag' } } },
        big: { $filter: { input: '$friends', cond: { $gt: ['$$this', 2] } } },
        sum: { $reduce: { input: '$friends', initialValue: 0, in: { $add: ['$$value', '$$this'] } } },
        size: { $switch: { branches: [high], default: 'low' } },
        union: { $size: { $setUnion: ['$friends', [9]] } },
      },
    },
  ]);
  expect(result).toEqual({ _id: 1, upper: ['R', 'S'], big: [3], sum: 5, size: 'high', union: 3 });
});
