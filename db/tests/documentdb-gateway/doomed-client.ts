/**
 * A client to be killed: begins a transaction that writes `doomed.items` `id` through the driver at `url`, then, if
 * asked, runs a statement that takes a while. Prints what it is about to do.
 */
import { MongoClient } from 'mongodb';

const [, , url = '', id = '', then] = process.argv;
const client = await new MongoClient(url).connect();
const items = client.db('doomed').collection<{ _id: string }>('items');
const session = client.startSession();
session.startTransaction();
await items.updateOne({ _id: id }, { $set: { by: 'doomed' } }, { session, upsert: true });
process.stdout.write('state: open\n');
if (then === 'wait') await items.updateOne({ _id: 'locked' }, { $set: { by: 'doomed' } }, { session });
if (then === 'read') {
  // Ten million combinations, each looked at.
  const factor = { $range: [0, 3_200] };
  const stages = [
    { $limit: 1 },
    { $set: { a: factor } },
    { $unwind: '$a' },
    { $set: { b: factor } },
    { $unwind: '$b' },
  ];
  await items
    .aggregate([...stages, { $group: { _id: { $mod: ['$b', 7] }, n: { $sum: '$a' } } }], { session })
    .toArray();
}
if (then === 'commit') await session.commitTransaction();
process.stdout.write('state: done\n');
setInterval(() => undefined, 60_000);
