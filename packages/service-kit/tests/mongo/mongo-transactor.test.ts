import { dropMongoDatabase, testStores, uniqueName } from '@postbook/testkit';
import type { Collection } from 'mongodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createMongoClient, createMongoTransactor } from '../../src/index.ts';
import { settle, until } from '../support/until.ts';

interface Counter {
  _id: string;
  value: number;
}

describe('a MongoDB transaction', () => {
  const name = uniqueName('kit');
  const client = createMongoClient(testStores().mongodbUrl, { name });
  const failures: unknown[] = [];
  const transactor = createMongoTransactor(client, { onAfterCommitError: (error) => failures.push(error) });
  let counters: Collection<Counter>;
  beforeAll(async () => {
    counters = await client.db(name).createCollection<Counter>('counters');
  });
  beforeEach(async () => {
    await counters.deleteMany({});
    await counters.insertMany([
      { _id: 'a', value: 0 },
      { _id: 'b', value: 0 },
    ]);
  });
  afterAll(async () => {
    await client.close();
    await dropMongoDatabase(name);
  });
  const values = async () =>
    Object.fromEntries((await counters.find().toArray()).map((each) => [each._id, each.value]));

  it('commits everything and returns the result', async () => {
    const result = await transactor.run(async ({ session }) => {
      await counters.updateOne({ _id: 'a' }, { $inc: { value: 1 } }, { session });
      await counters.updateOne({ _id: 'b' }, { $inc: { value: 1 } }, { session });
      return 'done';
    });
    expect(result).toBe('done');
    expect(await values()).toEqual({ a: 1, b: 1 });
  });

  it('undoes everything when the work fails, and passes the failure on', async () => {
    const failed = transactor.run(async ({ session }) => {
      await counters.updateOne({ _id: 'a' }, { $inc: { value: 1 } }, { session });
      throw new RangeError('no');
    });
    await expect(failed).rejects.toThrow(RangeError);
    expect(await values()).toEqual({ a: 0, b: 0 });
  });

  it('runs again when another transaction was faster, until both have their way', async () => {
    let tries = 0;
    await Promise.all(
      Array.from({ length: 8 }, () =>
        transactor.run(async ({ session }) => {
          tries += 1;
          const found = await counters.findOne({ _id: 'a' }, { session });
          await counters.updateOne({ _id: 'a' }, { $set: { value: (found?.value ?? 0) + 1 } }, { session });
        }),
      ),
    );
    expect(await values()).toEqual({ a: 8, b: 0 });
    expect(tries).toBeGreaterThanOrEqual(8);
  });

  it('stops running again when its time is over', async () => {
    const impatient = createMongoTransactor(client, { retryForMs: 0 });
    const bothRead = Promise.withResolvers<void>();
    let readers = 0;
    const results = await Promise.allSettled(
      [1, 2].map(() =>
        impatient.run(async ({ session }) => {
          await counters.findOne({ _id: 'a' }, { session });
          readers += 1;
          if (readers >= 2) bothRead.resolve();
          await bothRead.promise;
          await counters.updateOne({ _id: 'a' }, { $inc: { value: 1 } }, { session });
        }),
      ),
    );
    expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await values()).toEqual({ a: 1, b: 0 });
  });

  it('does what was left for after the commit once, even when it ran several times', async () => {
    let done = 0;
    await Promise.all(
      Array.from({ length: 5 }, () =>
        transactor.run(async (tx) => {
          tx.afterCommit(() => {
            done += 1;
          });
          await counters.updateOne({ _id: 'a' }, { $inc: { value: 1 } }, { session: tx.session });
        }),
      ),
    );
    await until(() => done === 5);
    await settle();
    expect(done).toBe(5);
  });

  it('leaves out what was left for after the commit when there is none', async () => {
    let isDone = false;
    const failed = transactor.run(async (tx) => {
      tx.afterCommit(() => {
        isDone = true;
      });
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    await settle();
    expect(isDone).toBe(false);
  });

  it('does not fail its caller when work after the commit fails', async () => {
    await transactor.run(async (tx) => {
      tx.afterCommit(async () => {
        throw new Error('after');
      });
    });
    await until(() => failures.length === 1);
  });
});
