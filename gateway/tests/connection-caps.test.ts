import { once } from 'node:events';
import { testStores, uniqueName } from '@postbook/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { openRawSocket, type RawSocket, subscribe } from './fixture/raw-socket.ts';
import { SECRET, startTestGateway, type TestGateway } from './fixture/test-gateway.ts';
import { startTestGraph, type TestGraph } from './fixture/test-graph.ts';
import { startTestTokens, type TestTokens } from './fixture/test-tokens.ts';

let graph: TestGraph;
let tokens: TestTokens;

beforeAll(async () => {
  graph = await startTestGraph({ secret: SECRET });
  tokens = await startTestTokens();
});
afterAll(async () => {
  await tokens.stop();
  await graph.stop();
});

const TICKS = 'subscription { ticks }';

const start = (env: Readonly<Record<string, string>>) =>
  startTestGateway({
    supergraphPath: graph.supergraphPath,
    auth: { jwksUrl: tokens.jwksUrl, redisUrl: testStores().redisUrl, redisNamespace: uniqueName('caps') },
    env,
  });

async function logIn(gateway: TestGateway, token: string): Promise<RawSocket> {
  const raw = await openRawSocket({ url: gateway.socketUrl });
  raw.send({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } });
  return raw;
}

async function refusalOf(raw: RawSocket, id: string) {
  raw.send(subscribe(id, TICKS));
  const { type, payload } = await raw.next();
  const [error] = payload as readonly { extensions?: Record<string, unknown> }[];
  return { type, ...error?.extensions };
}

test('a person may have so many sockets: one more is told to try again later, and gets a place that became free', async () => {
  const gateway = await start({ MAX_USER_CONNECTIONS: '2' });
  const token = await tokens.issue();
  const [first, second] = [await logIn(gateway, token), await logIn(gateway, token)];
  await Promise.all([first.next(), second.next()]);
  const third = await logIn(gateway, token);
  expect(await third.closed).toEqual({ code: 1013, reason: 'Too many connections' });
  const another = await logIn(gateway, await tokens.issue());
  expect(await another.next()).toMatchObject({ type: 'connection_ack' });
  first.socket.close();
  await first.closed;
  expect(await (await logIn(gateway, token)).next()).toMatchObject({ type: 'connection_ack' });
  await gateway.stop();
});

test('an address may have so many sockets: one more upgrade is refused with 429', async () => {
  const gateway = await start({ MAX_ADDRESS_CONNECTIONS: '1', TRUSTED_PROXIES: '1' });
  const from = (address: string) =>
    new WebSocket(gateway.socketUrl, 'graphql-transport-ws', { headers: { 'x-forwarded-for': address } });
  const first = from('203.0.113.1');
  await once(first, 'open');
  expect(String((await once(from('203.0.113.1'), 'error'))[0])).toContain('429');
  await once(from('203.0.113.2'), 'open');
  first.close();
  await once(first, 'close');
  await once(from('203.0.113.1'), 'open');
  await gateway.stop();
});

test('a person may run so many subscriptions over all sockets; queries are none', async () => {
  const gateway = await start({ MAX_USER_SUBSCRIPTIONS: '2' });
  const token = await tokens.issue();
  const [first, second] = [await logIn(gateway, token), await logIn(gateway, token)];
  await Promise.all([first.next(), second.next()]);
  first.send(subscribe('1', TICKS), subscribe('2', TICKS));
  await first.settled();
  const refused = { type: 'error', code: 'CONNECTION_LIMIT_EXCEEDED', limit: 'subscriptions per user', maximum: 2 };
  expect(await refusalOf(second, '1')).toEqual(refused);
  second.send(subscribe('2', '{ online }'));
  expect(await second.next()).toMatchObject({ id: '2', type: 'next' });
  expect(await second.next()).toMatchObject({ id: '2', type: 'complete' });
  first.send({ id: '1', type: 'complete' });
  await first.settled();
  second.send(subscribe('3', TICKS));
  await second.settled();
  expect(second.messages.filter(({ id }) => id === '3')).toEqual([]);
  await gateway.stop();
});

test('an address may run so many subscriptions', async () => {
  const gateway = await start({ MAX_ADDRESS_SUBSCRIPTIONS: '1' });
  const first = await openRawSocket({ url: gateway.socketUrl });
  const second = await openRawSocket({ url: gateway.socketUrl });
  await Promise.all([first.init(), second.init()]);
  first.send(subscribe('1', TICKS));
  await first.settled();
  expect(await refusalOf(second, '1')).toMatchObject({ limit: 'subscriptions per address', maximum: 1 });
  await gateway.stop();
});

test('GATEWAY_LIMITS=off takes all limits away', async () => {
  const gateway = await start({
    GATEWAY_LIMITS: 'off',
    MAX_ADDRESS_CONNECTIONS: '1',
    MAX_ADDRESS_SUBSCRIPTIONS: '1',
    MAX_QUERY_ALIASES: '1',
    MAX_QUERY_TOKENS: '5',
    MAX_BODY_BYTES: '10',
    MAX_CONNECTION_LIFE_MS: '1',
  });
  const sockets = await Promise.all([1, 2].map(() => openRawSocket({ url: gateway.socketUrl })));
  for (const raw of sockets) {
    await raw.init();
    raw.send(subscribe('1', TICKS), subscribe('2', '{ a: online b: online c: online }'));
    expect(await raw.next()).toMatchObject({ id: '2', type: 'next', payload: { data: { a: 3, b: 3, c: 3 } } });
  }
  expect((await gateway.http.execute('{ a: online b: online c: online }')).data).toEqual({ a: 3, b: 3, c: 3 });
  await gateway.stop();
});
