import { randomUUID } from 'node:crypto';
import { eventually, testStores, uniqueName } from '@postbook/testkit';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { revocationKeys } from '../src/auth/redis-revocations.ts';
import { openRawSocket, type RawSocket, subscribe } from './fixture/raw-socket.ts';
import { SECRET, startTestGateway, type TestGateway } from './fixture/test-gateway.ts';
import { startTestGraph, type TestGraph } from './fixture/test-graph.ts';
import { startTestTokens, type TestTokens } from './fixture/test-tokens.ts';

let graph: TestGraph;
let tokens: TestTokens;
let gateway: TestGateway;
let redis: Redis;
const namespace = uniqueName('fresh');

beforeAll(async () => {
  graph = await startTestGraph({ secret: SECRET });
  tokens = await startTestTokens();
  const { redisUrl } = testStores();
  redis = new Redis(redisUrl);
  const auth = { jwksUrl: tokens.jwksUrl, redisUrl, redisNamespace: namespace };
  gateway = await startTestGateway({ supergraphPath: graph.supergraphPath, auth });
});
afterAll(async () => {
  await gateway.stop();
  await redis.quit();
  await tokens.stop();
  await graph.stop();
});

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

const revoke = (sessionId: string) =>
  redis.publish(revocationKeys(namespace).channel, JSON.stringify({ kind: 'session', sessionId }));

async function logIn(token: string) {
  const raw = await openRawSocket({ url: gateway.socketUrl });
  return { raw, ack: await raw.init(bearer(token)) };
}

/** Hands a token in on a live socket and returns what became of it. */
async function renew(raw: RawSocket, token: string): Promise<unknown> {
  raw.send({ type: 'ping', payload: bearer(token) });
  const { type, payload } = await raw.next();
  expect(type).toBe('pong');
  return payload;
}

test('connection_ack says until when the token is good', async () => {
  const { raw, ack } = await logIn(await tokens.issue({ expiresIn: 60 }));
  const { expiresAt } = ack as { expiresAt: string };
  expect(Math.abs(Date.parse(expiresAt) - Date.now() - 60_000)).toBeLessThan(5_000);
  raw.socket.terminate();
});

test('a fresh token keeps the socket beyond the old one, and subscriptions go on with the new identity', async () => {
  const [userId, first, second] = [randomUUID(), randomUUID(), randomUUID()];
  const { raw } = await logIn(await tokens.issue({ userId, sessionId: first, expiresIn: 2 }));
  const before = graph.topic.opened;
  raw.send(subscribe('1', 'subscription { messageAdded(conversationId: "live") { sender { displayName } } }'));
  await eventually(() => graph.topic.opened > before);
  const fresh = await tokens.issue({ userId, sessionId: second, expiresIn: 4 });
  const answer = await renew(raw, fresh);
  expect(answer).toEqual({ authorization: 'accepted', expiresAt: expect.stringMatching(/^20.*Z$/) });
  graph.publish('live', 'joined with the fresh identity');
  expect(await raw.next()).toMatchObject({ id: '1', payload: { data: { messageAdded: {} } } });
  expect(graph.profiles.calls.at(-1)?.identity?.viewer).toMatchObject({ userId, sessionId: second });
  // The old session is of no account any more.
  await revoke(first);
  expect(await raw.closed).toEqual({ code: 4403, reason: 'Token expired' });
  expect(Date.now()).toBeGreaterThanOrEqual(Date.parse((answer as { expiresAt: string }).expiresAt));
});

test('the session of the fresh token can be revoked', async () => {
  const [userId, sessionId] = [randomUUID(), randomUUID()];
  const { raw } = await logIn(await tokens.issue({ userId }));
  await renew(raw, await tokens.issue({ userId, sessionId }));
  await revoke(sessionId);
  expect(await raw.closed).toEqual({ code: 4401, reason: 'Session revoked' });
});

test('a token that is not good is refused by a pong that never repeats it, and the socket goes on', async () => {
  const userId = randomUUID();
  const { raw } = await logIn(await tokens.issue({ userId }));
  const expired = await tokens.issue({ userId, expiresIn: -60 });
  expect(await renew(raw, expired)).toEqual({ authorization: 'refused', code: 'UNAUTHENTICATED', reason: 'EXPIRED' });
  expect(await renew(raw, 'abc')).toEqual({ authorization: 'refused', code: 'UNAUTHENTICATED', reason: 'INVALID' });
  expect(JSON.stringify(raw.messages)).not.toContain('Bearer');
  raw.send(subscribe('1', '{ online }'));
  expect(await raw.next()).toMatchObject({ id: '1', type: 'next' });
  raw.socket.terminate();
});

test.each<[string, (userId: string) => Promise<string>]>([
  ["another person's token", () => tokens.issue()],
  ['a token of the same person with other scopes', (userId) => tokens.issue({ userId, scopes: ['chat', 'admin'] })],
])('%s closes it with 4403: operations were admitted with what the old one allows', async (_, make) => {
  const userId = randomUUID();
  const { raw } = await logIn(await tokens.issue({ userId }));
  raw.send({ type: 'ping', payload: bearer(await make(userId)) });
  expect(await raw.closed).toEqual({ code: 4403, reason: 'Token of another identity' });
});

test('an empty authorization, or a token on an anonymous socket, closes it with 4403', async () => {
  const { raw } = await logIn(await tokens.issue());
  raw.send({ type: 'ping', payload: { authorization: '' } });
  const anonymous = await openRawSocket({ url: gateway.socketUrl });
  await anonymous.init();
  anonymous.send({ type: 'ping', payload: bearer(await tokens.issue()) });
  expect([await raw.closed, await anonymous.closed]).toMatchObject([{ code: 4403 }, { code: 4403 }]);
});

test('a token in a ping before the handshake closes the socket with 4401', async () => {
  const raw = await openRawSocket({ url: gateway.socketUrl });
  raw.send({ type: 'ping', payload: bearer(await tokens.issue()) });
  expect(await raw.closed).toMatchObject({ code: 4401 });
});
