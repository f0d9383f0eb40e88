import { randomUUID } from 'node:crypto';
import { eventually, testStores, uniqueName } from '@postbook/testkit';
import { createClient } from 'graphql-sse';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { revocationKeys } from '../src/auth/redis-revocations.ts';
import { createPushRunner } from './fixture/push-runner.ts';
import { openEventStream, type StreamedEvent, streamRequest } from './fixture/read-event-stream.ts';
import { SECRET, startTestGateway, type TestGateway } from './fixture/test-gateway.ts';
import { startTestGraph, type TestGraph } from './fixture/test-graph.ts';
import { startTestTokens, type TestTokens } from './fixture/test-tokens.ts';

// GraphQL over SSE, distinct connections mode: https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md

let graph: TestGraph;
let tokens: TestTokens;
let gateway: TestGateway;
let url: string;
const namespace = uniqueName('sse');

beforeAll(async () => {
  graph = await startTestGraph({ secret: SECRET });
  tokens = await startTestTokens();
  gateway = await start({ MAX_BODY_BYTES: '5000' });
  url = `${gateway.url}/graphql`;
});
afterAll(async () => {
  await gateway.stop();
  await tokens.stop();
  await graph.stop();
});

const start = (env: Readonly<Record<string, string>> = {}) =>
  startTestGateway({
    supergraphPath: graph.supergraphPath,
    auth: { jwksUrl: tokens.jwksUrl, redisUrl: testStores().redisUrl, redisNamespace: namespace },
    env,
  });

const ADDED = 'subscription ($c: ID!) { messageAdded(conversationId: $c) { text } }';
const COMPLETE: StreamedEvent = { event: 'complete', data: '' };

const next = (value: unknown): StreamedEvent => ({ event: 'next', data: JSON.stringify(value) });
const added = (text: string) => next({ data: { messageAdded: { text } } });
const codesOf = ({ data }: StreamedEvent) =>
  JSON.parse(data).errors.map(({ extensions }: { extensions: { code: string } }) => extensions.code);

/** Opens a subscription and waits until it listens. */
async function listen(c: string, headers: Readonly<Record<string, string>> = {}, at = url) {
  const before = graph.topic.opened;
  const stream = await openEventStream(at, streamRequest(ADDED, { c }, headers));
  await eventually(() => graph.topic.opened > before);
  return stream;
}

const bearer = async (changes = {}) => ({ authorization: `Bearer ${await tokens.issue(changes)}` });

test('a subscription is a stream of its events', async () => {
  const stream = await listen('plain');
  expect(stream.response.status).toBe(200);
  expect(stream.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  expect(stream.response.headers.get('cache-control')).toBe('no-cache, no-transform');
  graph.publish('plain', 'one\ntwo');
  graph.publish('plain', 'ü'.repeat(100_000));
  expect([await stream.next(), await stream.next()]).toEqual([added('one\ntwo'), added('ü'.repeat(100_000))]);
  const { closed } = graph.topic;
  stream.close();
  await eventually(() => graph.topic.closed > closed);
});

test('a query is one event and the end; so is a mutation', async () => {
  for (const [query, data] of [
    ['{ online }', { online: 3 }],
    ['mutation { send(conversationId: "1", text: "x", sender: "ada") { id } }', { send: { id: 'x' } }],
  ] as const) {
    const stream = await openEventStream(url, streamRequest(query));
    expect(await stream.rest()).toEqual([next({ data }), COMPLETE]);
  }
});

test('the client of graphql-sse works with it', async () => {
  const client = createClient({ url, retryAttempts: 0 });
  const before = graph.topic.opened;
  const events = client.iterate({ query: ADDED, variables: { c: 'library' } });
  const first = events.next();
  await eventually(() => graph.topic.opened > before);
  graph.publish('library', 'hello');
  expect((await first).value).toEqual({ data: { messageAdded: { text: 'hello' } } });
  const { closed } = graph.topic;
  await events.return?.();
  await eventually(() => graph.topic.closed > closed);
  expect((await client.iterate({ query: '{ online }' }).next()).value).toEqual({ data: { online: 3 } });
  client.dispose();
});

test.each<[string, string, string]>([
  ['a syntax error', 'subscription {', 'GRAPHQL_PARSE_FAILED'],
  ['an invalid operation', 'subscription { nothing }', 'GRAPHQL_VALIDATION_FAILED'],
  ['a missing variable', ADDED, 'BAD_USER_INPUT'],
  ['too large an operation', `{ ${'a: online '.repeat(30)} }`, 'OPERATION_LIMIT_EXCEEDED'],
  ['no operation', '', 'BAD_REQUEST'],
])('%s is an event, and the end', async (_, query, code) => {
  const stream = await openEventStream(url, streamRequest(query));
  expect(stream.response.status).toBe(200);
  const events = await stream.rest();
  expect(events.map(({ event }) => event)).toEqual(['next', 'complete']);
  expect(events.slice(0, 1).map(codesOf)).toEqual([[code]]);
});

test('a subscription that its subgraph refuses ends with the code of the subgraph', async () => {
  const stream = await openEventStream(url, streamRequest(ADDED, { c: 'secret' }));
  const [first, last] = await stream.rest();
  expect(first && codesOf(first)).toEqual(['FORBIDDEN']);
  expect(last).toEqual(COMPLETE);
});

test('GET works where the browser was asked first, and never for mutations', async () => {
  const get = (query: string, headers: Readonly<Record<string, string>> = {}) =>
    openEventStream(`${url}?query=${encodeURIComponent(query)}&variables=${encodeURIComponent('{"c":"get"}')}`, {
      headers: { accept: 'text/event-stream', ...headers },
    });
  const asked = { 'apollo-require-preflight': 'yes' };
  expect(await (await get('query { online }', asked)).rest()).toEqual([next({ data: { online: 3 } }), COMPLETE]);
  const before = graph.topic.opened;
  const stream = await get(ADDED, asked);
  await eventually(() => graph.topic.opened > before);
  graph.publish('get', 'here');
  expect(await stream.next()).toEqual(added('here'));
  stream.close();

  const unasked = await get('query { online }');
  expect(unasked.response.status).toBe(400);
  const mutation = await get('mutation { send(conversationId: "1", text: "no", sender: "ada") { id } }', asked);
  expect([mutation.response.status, mutation.response.headers.get('allow')]).toEqual([405, 'GET, POST']);
});

test.each<[string, RequestInit, number]>([
  ['a form', { method: 'POST', body: new URLSearchParams({ query: '{ online }' }) }, 400],
  ['plain text', { method: 'POST', body: '{"query":"{ online }"}' }, 400],
  ['XML', { method: 'POST', headers: { 'content-type': 'application/xml' }, body: '<query/>' }, 415],
  ['no JSON', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{' }, 400],
  ['a list', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '[]' }, 400],
  ['variables that are no object', streamRequest('{ online }', [] as never), 400],
  ['too much', streamRequest('{ online }', { padding: 'x'.repeat(6_000) }), 413],
  ['PUT', { ...streamRequest('{ online }'), method: 'PUT' }, 405],
  ['an invalid token', streamRequest('{ online }', {}, { authorization: 'Bearer abc' }), 401],
])('%s is refused before there is a stream', async (_, init, status) => {
  const headers = { accept: 'text/event-stream', ...(init.headers as Record<string, string>) };
  const { response } = await openEventStream(url, { ...init, headers });
  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toContain('application/json');
});

test('comments keep a quiet stream alive', async () => {
  const quick = await start({ SOCKET_PING_INTERVAL_MS: '50' });
  const stream = await listen('quiet', {}, `${quick.url}/graphql`);
  await eventually(async () => {
    graph.publish('quiet', 'x');
    await stream.next();
    return stream.comments >= 2;
  });
  stream.close();
  await quick.stop();
});

test('a token that expires ends the stream with UNAUTHENTICATED and the reason', async () => {
  const stream = await listen('expiry', await bearer({ expiresIn: 1 }));
  const { closed } = graph.topic;
  const [first, last] = await stream.rest();
  expect(JSON.parse(first?.data ?? '')).toMatchObject({
    data: null,
    errors: [{ extensions: { code: 'UNAUTHENTICATED', reason: 'EXPIRED' } }],
  });
  expect(last).toEqual(COMPLETE);
  await eventually(() => graph.topic.closed > closed);
});

test('a revoked session ends its stream within a second', async () => {
  const redis = new Redis(testStores().redisUrl);
  const sessionId = randomUUID();
  const stream = await listen('revoked', await bearer({ sessionId }));
  const since = performance.now();
  await redis.publish(revocationKeys(namespace).channel, JSON.stringify({ kind: 'session', sessionId }));
  const [first] = await stream.rest();
  expect(JSON.parse(first?.data ?? '').errors[0].extensions).toEqual({ code: 'UNAUTHENTICATED', reason: 'REVOKED' });
  expect(performance.now() - since).toBeLessThan(1_000);
  await redis.quit();
});

test('a stream has a longest life, and its end says so', async () => {
  const brief = await start({ MAX_CONNECTION_LIFE_MS: '200' });
  const stream = await listen('life', {}, `${brief.url}/graphql`);
  const [first, last] = await stream.rest();
  expect(first && codesOf(first)).toEqual(['CONNECTION_EXPIRED']);
  expect(last).toEqual(COMPLETE);
  await brief.stop();
});

test('streams count as connections and subscriptions of their person and address', async () => {
  const tight = await start({ MAX_USER_SUBSCRIPTIONS: '1', MAX_ADDRESS_CONNECTIONS: '2' });
  const at = `${tight.url}/graphql`;
  const headers = await bearer();
  const first = await listen('caps', headers, at);
  const second = await openEventStream(at, streamRequest(ADDED, { c: 'caps' }, headers));
  expect(second.response.status).toBe(429);
  const other = await listen('caps', {}, at);
  expect((await openEventStream(at, streamRequest('{ online }'))).response.status).toBe(429);
  first.close();
  await eventually(async () => (await openEventStream(at, streamRequest('{ online }'))).response.status === 200);
  other.close();
  await tight.stop();
});

test('a client that does not read is ended with SUBSCRIBER_TOO_SLOW', async () => {
  const engine = createPushRunner();
  const slow = await startTestGateway({
    supergraphPath: graph.supergraphPath,
    env: { MAX_SOCKET_BUFFER_BYTES: '100000' },
    overrides: { createRunner: () => engine.runner },
  });
  const stream = await openEventStream(`${slow.url}/graphql`, streamRequest('subscription { ticks }'));
  await eventually(() => engine.listeners.size === 1);
  await eventually(() => {
    engine.publish(Buffer.from(JSON.stringify({ data: { ticks: 'x'.repeat(100_000) } })));
    return engine.listeners.size === 0;
  });
  const events = await stream.rest();
  expect(events.slice(-2).map(({ event }) => event)).toEqual(['next', 'complete']);
  expect(events.slice(-2, -1).map(codesOf)).toEqual([['SUBSCRIBER_TOO_SLOW']]);
  await slow.stop();
});

test('JSON with line breaks in it arrives whole', async () => {
  const engine = createPushRunner();
  const other = await startTestGateway({
    supergraphPath: graph.supergraphPath,
    overrides: { createRunner: () => engine.runner },
  });
  const stream = await openEventStream(`${other.url}/graphql`, streamRequest('subscription { ticks }'));
  await eventually(() => engine.listeners.size === 1);
  engine.publish(Buffer.from('{\n"data": {\n"ticks": 1 } }'), Buffer.from('{"data":{"ticks":2}}'));
  const events = [await stream.next(), await stream.next()];
  expect(events.map(({ data }) => JSON.parse(data))).toEqual([{ data: { ticks: 1 } }, { data: { ticks: 2 } }]);
  stream.close();
  await other.stop();
});

test('at stop, streams end with a coded event, and new ones are refused', async () => {
  const stopping = await start();
  const stream = await listen('stop', {}, `${stopping.url}/graphql`);
  const stopped = stopping.stop();
  const [first, last] = await stream.rest();
  expect(first && codesOf(first)).toEqual(['UNAVAILABLE']);
  expect(last).toEqual(COMPLETE);
  await stopped;
  expect(graph.topic.opened).toBe(graph.topic.closed);
});
