import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createLiveClient, type TokenSource } from '../src/index.ts';
import { type LogServer, startLogServer } from './fixture/log-server.ts';

let server: LogServer;

beforeEach(async () => {
  server = await startLogServer();
});
afterEach(() => server.stop());

const connect = (token: TokenSource) =>
  createLiveClient({
    url: server.url,
    token,
    renewBeforeMs: 60_000,
    backOff: { firstMs: 1, maxMs: 5 },
    options: { webSocketImpl: WebSocket },
  });

const inMs = (ms: number) => new Date(Date.now() + ms).toISOString();
const sink = { next() {}, error() {}, complete() {} };
const PAYLOAD = { query: 'subscription { log { cursor } }' };

test('a fresh token is handed in before the old one expires, again and again', async () => {
  let issued = 0;
  const client = connect(async () => `token-${++issued}`);
  server.ack = { expiresAt: inMs(100) };
  server.answerToken = () => ({ authorization: 'accepted', expiresAt: inMs(100) });
  client.subscribe(PAYLOAD, sink);
  expect((await server.subscribed()).authorization).toBe('Bearer token-1');
  await expect.poll(() => server.handedIn.slice(0, 2)).toEqual(['Bearer token-2', 'Bearer token-3']);
  await client.dispose();
});

test('a token that is refused, or that could not be had, is followed by another try', async () => {
  const tokens = ['first', 'refused', new Error('offline'), 'good'];
  const client = connect(async () => {
    const token = tokens.shift() ?? 'later';
    if (token instanceof Error) throw token;
    return token;
  });
  server.ack = { expiresAt: inMs(10) };
  server.answerToken = () =>
    server.handedIn.at(-1) === 'Bearer good'
      ? { authorization: 'accepted', expiresAt: inMs(3_600_000) }
      : { authorization: 'refused', code: 'UNAUTHENTICATED', reason: 'INVALID' };
  client.subscribe(PAYLOAD, sink);
  await server.subscribed();
  await expect.poll(() => server.handedIn).toEqual(['Bearer refused', 'Bearer good']);
  await client.dispose();
});

test('a closed socket gets a fresh token at the next connect, and no ping any more', async () => {
  let issued = 0;
  const client = connect(() => `token-${++issued}`);
  client.subscribe(PAYLOAD, sink);
  const first = await server.subscribed();
  first.close(4403, 'Token expired');
  expect((await server.subscribed()).authorization).toBe('Bearer token-2');
  expect(server.handedIn).toEqual([]);
  await client.dispose();
});

test('somebody who is not logged in sends no token', async () => {
  const client = connect(() => undefined);
  client.subscribe(PAYLOAD, sink);
  expect((await server.subscribed()).authorization).toBeUndefined();
  await client.dispose();
});
