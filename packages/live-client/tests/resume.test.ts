import type { Client } from 'graphql-ws';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createLiveClient, type Interruption, type LiveClientOptions } from '../src/index.ts';
import { type LogServer, startLogServer } from './fixture/log-server.ts';

let server: LogServer;
let client: Client;
const interruptions: Interruption[] = [];

const connect = (options: Partial<LiveClientOptions> = {}) =>
  createLiveClient({
    url: server.url,
    backOff: { firstMs: 1, maxMs: 5 },
    onInterrupted: (interruption) => interruptions.push(interruption),
    ...options,
    options: { webSocketImpl: WebSocket, ...options.options },
  });

beforeEach(async () => {
  server = await startLogServer();
  client = connect();
  interruptions.length = 0;
});
afterEach(async () => {
  await client.dispose();
  await server.stop();
});

const LOG = 'subscription ($after: String) { log(after: $after) { cursor } }';

/** Subscribes and collects what the application sees. */
function subscribe(variables: Record<string, unknown> = {}, query = LOG, by = client) {
  const seen: unknown[] = [];
  const end = Promise.withResolvers<unknown>();
  const stop = by.subscribe(
    { query, variables },
    {
      next: ({ data, errors }) => seen.push(errors ?? (data as { log?: { cursor?: string } })?.log?.cursor),
      error: (error) => end.resolve({ error }),
      complete: () => end.resolve('complete'),
    },
  );
  return { seen, end: end.promise, stop };
}

const failure = (code: string, extensions = {}) => ({
  data: null,
  errors: [{ message: code, extensions: { code, ...extensions } }],
});

describe('goes on from the last cursor', () => {
  test('after a connection that was cut', async () => {
    const { seen, stop } = subscribe({ after: 'a', other: 1 });
    const first = await server.subscribed();
    expect(first.variables).toEqual({ after: 'a', other: 1 });
    first.event('b');
    first.event('c');
    await expect.poll(() => seen).toEqual(['b', 'c']);
    first.cut();
    const second = await server.subscribed();
    expect(second.variables).toEqual({ after: 'c', other: 1 });
    second.event('d');
    await expect.poll(() => seen).toEqual(['b', 'c', 'd']);
    stop();
  });

  test.each([1001, 1006, 1012, 1013, 4403, 4408])('after a socket that was closed with %i', async (code) => {
    const { seen, stop } = subscribe({ after: 'a' });
    const first = await server.subscribed();
    first.event('b');
    await expect.poll(() => seen).toEqual(['b']);
    if (code === 1006) first.cut();
    else first.close(code);
    expect((await server.subscribed()).variables).toEqual({ after: 'b' });
    stop();
  });

  test.each(['SUBGRAPH_UNAVAILABLE', 'SUBSCRIBER_TOO_SLOW', 'UNAVAILABLE', 'CONNECTION_EXPIRED'])(
    'after a last event with %s, which the application is told of elsewhere',
    async (code) => {
      const { seen, stop } = subscribe({ after: 'a' });
      const first = await server.subscribed();
      first.event('b');
      first.next(failure(code));
      first.complete();
      expect((await server.subscribed()).variables).toEqual({ after: 'b' });
      expect(seen).toEqual(['b']);
      expect(interruptions).toMatchObject([{ codes: [code], cursor: 'b' }]);
      stop();
    },
  );

  test('after a refusal that goes away, not before the time it names', async () => {
    const { stop } = subscribe({ after: 'a' });
    const since = performance.now();
    (await server.subscribed()).error(failure('RATE_LIMITED', { retryAfterSeconds: 0.2 }).errors);
    expect((await server.subscribed()).variables).toEqual({ after: 'a' });
    expect(performance.now() - since).toBeGreaterThanOrEqual(199);
    stop();
  });

  test('after a completion that nobody asked for, as of a gateway that stops', async () => {
    const { seen, stop } = subscribe({ after: 'a' });
    const first = await server.subscribed();
    first.event('b');
    first.complete();
    first.close(1001);
    const second = await server.subscribed();
    expect(second.variables).toEqual({ after: 'b' });
    second.event('c');
    await expect.poll(() => seen).toEqual(['b', 'c']);
    expect(interruptions).toMatchObject([{ codes: [], cursor: 'b' }]);
    stop();
  });

  test('over any number of interruptions, without a gap or a repeat of its own making', async () => {
    const { seen, stop } = subscribe();
    const expected: string[] = [];
    for (let round = 0; round < 20; round++) {
      const served = await server.subscribed();
      expect(served.variables.after).toBe(expected.at(-1));
      for (const cursor of [`${round}-1`, `${round}-2`]) {
        served.event(cursor);
        expected.push(cursor);
      }
      await expect.poll(() => seen).toEqual(expected);
      if (round % 2 === 0) served.cut();
      else served.close(1012);
    }
    stop();
  });
});

describe('the application is told', () => {
  test.each(['FORBIDDEN', 'NOT_FOUND', 'BAD_USER_INPUT', ''])('a last event with the final code "%s"', async (code) => {
    const { seen, end } = subscribe({ after: 'a' });
    const served = await server.subscribed();
    served.next(failure(code));
    served.complete();
    expect(await end).toBe('complete');
    expect(seen).toEqual([failure(code).errors]);
    expect(interruptions).toEqual([]);
  });

  test('a refusal that is final', async () => {
    const { end } = subscribe();
    const { errors } = failure('GRAPHQL_VALIDATION_FAILED');
    (await server.subscribed()).error(errors);
    expect(await end).toEqual({ error: errors });
  });

  test.each([4400, 4401, 4409, 4429, 4500])('a socket that was closed with the final code %i', async (code) => {
    const { end } = subscribe({ after: 'a' });
    (await server.subscribed()).close(code, 'why');
    expect(await end).toMatchObject({ error: { code, reason: 'why' } });
  });

  test('an event of its own that failed for a reason that goes away, when others follow it', async () => {
    const { seen, stop } = subscribe();
    const served = await server.subscribed();
    served.next(failure('SUBGRAPH_UNAVAILABLE'));
    served.event('b');
    await expect.poll(() => seen).toEqual([failure('SUBGRAPH_UNAVAILABLE').errors, 'b']);
    stop();
  });

  test('the same event twice, if the service sends it twice', async () => {
    const { seen, stop } = subscribe();
    const served = await server.subscribed();
    served.event('a');
    served.event('a');
    await expect.poll(() => seen).toEqual(['a', 'a']);
    stop();
  });

  test('the completion of a subscription without a cursor', async () => {
    const { end } = subscribe({}, 'subscription { done }');
    (await server.subscribed()).complete();
    expect(await end).toBe('complete');
  });

  test('the completion of a query, whatever its answer has', async () => {
    const { end, seen } = subscribe({}, '{ log { cursor } }');
    const served = await server.subscribed();
    served.event('a');
    served.complete();
    expect(await end).toBe('complete');
    expect(seen).toEqual(['a']);
  });
});

test('unsubscribing ends it at once: over the socket, and while it waits to go on', async () => {
  const running = subscribe({ after: 'a' });
  await server.subscribed();
  running.stop();
  expect(await running.end).toBe('complete');
  await expect.poll(() => server.completed).toHaveLength(1);

  const slow = connect({ backOff: { firstMs: 60_000, maxMs: 60_000 } });
  const waiting = subscribe({ after: 'a' }, LOG, slow);
  const served = await server.subscribed();
  served.next(failure('UNAVAILABLE'));
  served.complete();
  await expect.poll(() => interruptions).toHaveLength(1);
  waiting.stop();
  expect(await waiting.end).toBe('complete');
  await slow.dispose();
});

test('the cursor can be elsewhere: a path or a function, and another variable', async () => {
  for (const from of ['page.end', (data: unknown) => (data as { page: { end: string } }).page.end]) {
    const other = connect({ cursor: { variable: 'since', from } });
    const { stop } = subscribe({}, 'subscription { page { end } }', other);
    const first = await server.subscribed();
    first.next({ data: { page: { end: 'x', cursor: 'not this' } } });
    first.next(failure('UNAVAILABLE'));
    first.complete();
    expect((await server.subscribed()).variables).toEqual({ since: 'x' });
    stop();
    await other.dispose();
  }
});

test('results can be iterated over, across an interruption, and leaving the loop unsubscribes', async () => {
  const results = client.iterate({ query: LOG, variables: { after: 'a' } });
  const first = await server.subscribed();
  first.event('b');
  expect((await results.next()).value).toEqual({ data: { log: { cursor: 'b' } } });
  first.cut();
  const second = await server.subscribed();
  second.event('c');
  expect((await results.next()).value).toEqual({ data: { log: { cursor: 'c' } } });
  const pending = results.next();
  await results.return?.();
  expect(await pending).toEqual({ done: true, value: undefined });
  await expect.poll(() => server.completed).toHaveLength(1);
});

test('a gateway that answers no ping is left for another connection', async () => {
  server.isSilent = true;
  const impatient = connect({ keepAliveMs: 20, pongPatienceMs: 20 });
  const { stop } = subscribe({ after: 'a' }, LOG, impatient);
  await server.subscribed();
  expect((await server.subscribed()).variables).toEqual({ after: 'a' });
  stop();
  await impatient.dispose();
});
