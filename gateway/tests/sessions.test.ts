import { randomUUID } from 'node:crypto';
import { eventually, testStores, uniqueName } from '@postbook/testkit';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { revocationKeys } from '../src/auth/redis-revocations.ts';
import { SECRET, startTestGateway, type TestGateway } from './fixture/test-gateway.ts';
import { startTestGraph, type TestGraph } from './fixture/test-graph.ts';
import { startTestTokens, type TestTokens } from './fixture/test-tokens.ts';

let graph: TestGraph;
let tokens: TestTokens;
let gateway: TestGateway;
let redis: Redis;
const namespace = uniqueName('sessions').toLowerCase();
const keys = revocationKeys(namespace);
const start = () => {
  const auth = { jwksUrl: tokens.jwksUrl, redisUrl: testStores().redisUrl, redisNamespace: namespace };
  return startTestGateway({ supergraphPath: graph.supergraphPath, auth });
};

beforeAll(async () => {
  graph = await startTestGraph({ secret: SECRET });
  tokens = await startTestTokens();
  redis = new Redis(testStores().redisUrl);
  gateway = await start();
});
afterAll(async () => {
  await gateway.stop();
  await redis.quit();
  await tokens.stop();
  await graph.stop();
});

const ADDED = 'subscription { messageAdded(conversationId: "live") { text } }';

/** As auth does it: the key first, then the message. */
async function revokeSession(sessionId: string): Promise<void> {
  await redis.set(keys.session(sessionId), 'logout', 'EX', 600);
  await redis.publish(keys.channel, JSON.stringify({ kind: 'session', sessionId }));
}

async function revokeUser(userId: string, notBefore: number): Promise<void> {
  await redis.set(keys.user(userId), String(notBefore), 'EX', 600);
  await redis.publish(keys.channel, JSON.stringify({ kind: 'user', userId, notBefore }));
}

/** Cuts the connections of gateways that listen for revocations, and no others: the Redis is shared. */
async function cutSubscribers(): Promise<void> {
  const list = String(await redis.client('LIST'));
  for (const line of list.split('\n')) {
    const id = /^id=(\d+) .*name=gateway:revocations /.exec(line)?.[1];
    if (id !== undefined) await redis.call('CLIENT', 'KILL', 'ID', id);
  }
}

async function subscribed(token: string) {
  const before = graph.topic.opened;
  const socket = gateway.connect(token);
  const subscription = socket.subscribe(ADDED);
  await eventually(() => graph.topic.opened > before);
  return { socket, subscription };
}

test('a subscription carries a signed identity to its subgraph', async () => {
  const [userId, sessionId] = [randomUUID(), randomUUID()];
  const { socket, subscription } = await subscribed(await tokens.issue({ userId, sessionId }));
  expect(graph.messages.subscribers.at(-1)).toMatchObject({
    audience: 'messages',
    operationType: 'subscription',
    viewer: { userId, sessionId, role: 'User', scopes: ['chat'] },
  });
  graph.publish('live', 'hello');
  expect(await subscription.next()).toEqual({ data: { messageAdded: { text: 'hello' } } });
  await socket.close();
});

test('a socket without a token is anonymous', async () => {
  const socket = gateway.connect();
  expect(await socket.subscribe('{ online }').next()).toEqual({ data: { online: 3 } });
  expect(graph.presence.calls.at(-1)?.identity?.viewer).toBeUndefined();
  await socket.close();
});

test.each([
  ['an expired token closes the socket with 4403', () => tokens.issue({ expiresIn: -60 }), 4403, 'Token expired'],
  ['an invalid token closes the socket with 4403', async () => 'abc', 4403, 'Invalid token'],
])('%s', async (_, make, code, reason) => {
  const socket = gateway.connect(await make());
  socket.subscribe(ADDED);
  expect(await socket.closed).toMatchObject({ code, reason });
});

test('a token that expires closes its socket with 4403 mid-stream, and frees the upstream', async () => {
  const { socket, subscription } = await subscribed(await tokens.issue({ expiresIn: 1 }));
  const { closed } = graph.topic;
  graph.publish('live', 'before');
  expect((await subscription.next()).data).toEqual({ messageAdded: { text: 'before' } });
  expect(await socket.closed).toMatchObject({ code: 4403, reason: 'Token expired' });
  await eventually(() => graph.topic.closed > closed);
});

test('a revoked session closes its socket with 4401 within a second, and only that one', async () => {
  const sessionId = randomUUID();
  const revoked = await subscribed(await tokens.issue({ sessionId }));
  const other = await subscribed(await tokens.issue());
  const since = performance.now();
  await revokeSession(sessionId);
  expect(await revoked.socket.closed).toMatchObject({ code: 4401, reason: 'Session revoked' });
  expect(performance.now() - since).toBeLessThan(1_000);
  graph.publish('live', 'after');
  expect((await other.subscription.next()).data).toEqual({ messageAdded: { text: 'after' } });
  expect(revoked.subscription.events).toEqual([]);
  await other.socket.close();
});

test('revoking all of a person closes their older sockets, and a token issued later works', async () => {
  const userId = randomUUID();
  const { socket } = await subscribed(await tokens.issue({ userId }));
  await revokeUser(userId, Date.now());
  expect(await socket.closed).toMatchObject({ code: 4401 });
  const fresh = await subscribed(await tokens.issue({ userId }));
  await fresh.socket.close();
});

test('a revoked token is refused over HTTP and for new sockets', async () => {
  const sessionId = randomUUID();
  const token = await tokens.issue({ sessionId });
  const http = gateway.http.as(token);
  expect((await http.execute('{ online }')).status).toBe(200);
  await revokeSession(sessionId);
  const refused = await eventually(async () => {
    const result = await http.execute('{ online }');
    return result.status === 401 ? result : undefined;
  });
  expect(refused.errors?.[0]?.extensions).toEqual({ code: 'UNAUTHENTICATED', reason: 'REVOKED' });
  const socket = gateway.connect(token);
  socket.subscribe(ADDED);
  expect(await socket.closed).toMatchObject({ code: 4401, reason: 'Session revoked' });
});

test('a gateway that starts later knows the revocations that are kept', async () => {
  const sessionId = randomUUID();
  const token = await tokens.issue({ sessionId });
  await redis.set(keys.session(sessionId), 'logout', 'EX', 600);
  const late = await start();
  expect((await late.http.as(token).execute('{ online }')).status).toBe(401);
  await late.stop();
});

test('a revocation while the connection to Redis was cut is felt after it is back', async () => {
  const sessionId = randomUUID();
  const { socket } = await subscribed(await tokens.issue({ sessionId }));
  // Only the key is written, as if the message had been published while nobody listened.
  await redis.set(keys.session(sessionId), 'logout', 'EX', 600);
  await cutSubscribers();
  expect(await socket.closed).toMatchObject({ code: 4401 });
});
