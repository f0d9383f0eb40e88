import { startTraceReceiver, type TraceReceiver, testStores, uniqueName } from '@postbook/testkit';
import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  type Component,
  closeRedis,
  createMongoClient,
  createRedis,
  createTracing,
  isTracing,
  silentLogger,
  waitForRedis,
  withSpan,
} from '../../src/index.ts';

let receiver: TraceReceiver;
let tracing: Component;

beforeEach(async () => {
  receiver = await startTraceReceiver();
  tracing = createTracing('kit', { endpoint: receiver.endpoint, ratio: 1 });
  await tracing.start();
});
afterEach(async () => {
  await tracing.stop();
  await receiver.stop();
});

/** Does the work within a span `outer`, and returns all that was sent, by name of span and its parent. */
async function sentFor(work: () => Promise<unknown>): Promise<[string, string | undefined, unknown][]> {
  await withSpan('outer', {}, work);
  await tracing.stop();
  const nameOf = new Map(receiver.spans.map(({ spanId, name }) => [spanId, name]));
  return receiver.spans.map(({ name, parentSpanId, attributes }) => [
    name,
    nameOf.get(parentSpanId ?? ''),
    attributes['db.system.name'],
  ]);
}

test('commands of MongoDB are spans by the names that repositories give them, without what is in them', async () => {
  const name = uniqueName('kit');
  const client = createMongoClient(testStores().mongodbUrl, { name });
  await client.db(name).collection('people').findOne({ secret: 'Ada' }, { comment: 'people.before' });
  const find = () => client.db(name).collection('people').findOne({ secret: 'Ada' }, { comment: 'people.find' });
  const sent = await sentFor(find);
  expect(sent).toContainEqual(['people.find', 'outer', 'mongodb']);
  expect(sent.map(([spanName]) => spanName)).not.toContain('people.before');
  expect(receiver.text).not.toContain('Ada');
  await client.close();
});

test('statements of PostgreSQL are spans by their names, without parameters', async () => {
  const client = postgres(testStores().postgresUrl, { max: 1 });
  const db = drizzle({ client });
  await db.execute(sql`/* kit.before */ select ${'Ada'}::text`);
  const sent = await sentFor(async () => db.execute(sql`/* kit.select */ select ${'Ada'}::text as name`));
  expect(sent).toContainEqual(['kit.select', 'outer', 'postgresql']);
  expect(sent.map(([name]) => name)).not.toContain('kit.before');
  expect(receiver.text).not.toContain('Ada');
  await client.end();
});

test('commands of Redis are spans, without keys and values', async () => {
  const redis = createRedis(testStores().redisUrl, { name: 'tracing', log: silentLogger });
  await waitForRedis(redis, 5_000);
  expect(await sentFor(() => redis.get('Ada'))).toContainEqual(['GET', 'outer', 'redis']);
  expect(receiver.text).not.toContain('Ada');
  await closeRedis(redis);
});

test('what failed is marked with its code, and thrown on', async () => {
  const failing = withSpan('failing', {}, async () => {
    throw Object.assign(new Error('about Ada'), { code: 'CONFLICT' });
  });
  await expect(failing).rejects.toThrow('about Ada');
  await tracing.stop();
  expect(receiver.text).toContain('CONFLICT');
  expect(receiver.text).not.toContain('Ada');
});

test('after the stop nothing is traced', async () => {
  await tracing.stop();
  expect(isTracing()).toBe(false);
  await withSpan('late', {}, async (span) => expect(span).toBeUndefined());
  expect(receiver.spans).toEqual([]);
});
