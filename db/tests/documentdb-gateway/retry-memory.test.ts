import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import {
  cleanRetryMemory,
  isAlreadyDone,
  recallReply,
  rememberCommit,
  settleCommit,
} from '../../src/documentdb-gateway/retry-memory.ts';
import { failure, PATIENCE, startTestServer, type TestServer } from './support.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const token = (name: string, number = 1n): { session: Buffer; number: bigint } => ({
  session: Buffer.from(name),
  number,
});

test('asking about a commit that is under way waits for its outcome', async () => {
  const [committing, asking] = [await server.sql(), await server.sql()];
  await committing.exec('begin');
  await rememberCommit(committing, token('under-way'));
  const answer = settleCommit(asking, token('under-way'));
  const watcher = await server.sql();
  await vi.waitFor(async () => {
    const rows = await watcher.query("select 1 from pg_stat_activity where wait_event = 'transactionid'");
    expect(rows).toHaveLength(1);
  }, PATIENCE);
  await committing.exec('commit');
  expect(await answer).toBe('committed');
  for (const connection of [committing, asking, watcher]) connection.end();
});

test('once a commit was said not to have taken place, it cannot', async () => {
  const [late, asking] = [await server.sql(), await server.sql()];
  await late.exec('begin');
  expect(await settleCommit(asking, token('late'))).toBe('aborted');
  expect(isAlreadyDone(await failure(rememberCommit(late, token('late'))))).toBe(true);
  expect(await late.exec('commit')).toBe('ROLLBACK');
  for (const connection of [late, asking]) connection.end();
});

test('a session that moved on no longer answers for older numbers', async () => {
  const connection = await server.sql();
  await rememberCommit(connection, token('moved', 5n));
  expect(await failure(recallReply(connection, token('moved', 4n)))).toMatchObject({ code: 225 });
  expect(await recallReply(connection, token('moved', 6n))).toBeUndefined();
  expect(isAlreadyDone(await failure(rememberCommit(connection, token('moved', 5n))))).toBe(true);
  connection.end();
});

test('what is older than a session can be is forgotten', async () => {
  const connection = await server.sql();
  await rememberCommit(connection, token('old'));
  await cleanRetryMemory(connection, 3_600_000);
  expect(isAlreadyDone(await failure(rememberCommit(connection, token('old'))))).toBe(true);
  await cleanRetryMemory(connection, 0);
  await rememberCommit(connection, token('old'));
  connection.end();
});
