import { randomUUID } from 'node:crypto';
import { testStores, uniqueName } from '@postbook/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SECRET, startTestGateway, type TestGateway } from './fixture/test-gateway.ts';
import { startTestGraph, type TestGraph } from './fixture/test-graph.ts';
import { startTestTokens, type TestTokens } from './fixture/test-tokens.ts';

let graph: TestGraph;
let tokens: TestTokens;
let gateway: TestGateway;

beforeAll(async () => {
  graph = await startTestGraph({ secret: SECRET });
  tokens = await startTestTokens();
  const auth = { jwksUrl: tokens.jwksUrl, redisUrl: testStores().redisUrl, redisNamespace: uniqueName('tokens') };
  gateway = await startTestGateway({ supergraphPath: graph.supergraphPath, auth });
});
afterAll(async () => {
  await gateway.stop();
  await tokens.stop();
  await graph.stop();
});

const ONLINE = '{ online }';

test('without a token the caller is anonymous, and the call to the subgraph is signed all the same', async () => {
  const { data } = await gateway.http.execute(ONLINE);
  expect(data).toEqual({ online: 3 });
  const { identity } = graph.presence.calls.at(-1) ?? {};
  expect(identity).toMatchObject({ audience: 'presence', operationType: 'query', viewer: undefined });
  expect(identity?.client?.ip).toMatch(/127\.0\.0\.1/);
});

test('subgraphs learn from the signature who asks', async () => {
  const [userId, sessionId] = [randomUUID(), randomUUID()];
  const http = gateway.http.as(await tokens.issue({ userId, sessionId }));
  const mutation = 'mutation { send(conversationId: "1", text: "x", sender: "ada") { sender { displayName } } }';
  expect((await http.execute(mutation)).errors).toBeUndefined();
  const viewer = { userId, sessionId, role: 'User', scopes: ['chat'] };
  expect(graph.messages.calls.at(-1)?.identity).toMatchObject({ operationType: 'mutation', viewer });
  expect(graph.profiles.calls.at(-1)?.identity).toMatchObject({ operationType: 'query', viewer });
});

test('a subgraph refuses a call that the gateway did not sign', async () => {
  const body = JSON.stringify({ query: ONLINE });
  const response = await fetch(graph.presence.url, { method: 'POST', body });
  expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
});

test.each([
  ['an expired token', () => tokens.issue({ expiresIn: -60 }), 'EXPIRED', 'Refresh it'],
  ['a token of another issuer', () => tokens.issue({ issuer: 'another' }), 'INVALID', 'Log in again'],
  ['a token for another audience', () => tokens.issue({ audience: 'another' }), 'INVALID', 'Log in again'],
  ['a token with an unknown key', () => tokens.issue({ keyId: 'unknown' }), 'INVALID', 'Log in again'],
  ['a token whose content was changed', async () => tamper(await tokens.issue()), 'INVALID', 'Log in again'],
  ['an unsigned token', async () => unsigned(await tokens.issue()), 'INVALID', 'Log in again'],
  ['a token that names nobody', () => tokens.issue({ userId: 'me' }), 'INVALID', 'Log in again'],
  ['something that is no token', async () => 'abc', 'INVALID', 'Log in again'],
])('%s is refused with the reason and a remedy', async (_, make, reason, remedy) => {
  const { status, data, errors } = await gateway.http.as(await make()).execute(ONLINE);
  expect(status).toBe(401);
  expect(data).toBeUndefined();
  expect(errors).toHaveLength(1);
  expect(errors?.[0]?.extensions).toEqual({ code: 'UNAUTHENTICATED', reason });
  expect(errors?.[0]?.message).toContain(remedy);
});

test('an authorization header of another kind is refused instead of being taken for anonymous', async () => {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Basic abc' },
    body: JSON.stringify({ query: ONLINE }),
  });
  expect(response.status).toBe(401);
});

test('many tokens with made-up keys fetch the key set no more than once', async () => {
  const before = tokens.fetches;
  const forged = await Promise.all([...Array(20).keys()].map((n) => tokens.issue({ keyId: `made-up-${n}` })));
  const results = await Promise.all(forged.map((token) => gateway.http.as(token).execute(ONLINE)));
  expect(results.map(({ status }) => status)).toEqual(Array(20).fill(401));
  expect(tokens.fetches - before).toBeLessThanOrEqual(1);
});

test('while the keys cannot be had, tokens get a coded 503 and anonymous requests go on', async () => {
  const auth = { jwksUrl: 'http://127.0.0.1:9/', redisUrl: testStores().redisUrl, redisNamespace: uniqueName('keys') };
  const keyless = await startTestGateway({ supergraphPath: graph.supergraphPath, auth });
  const refused = await keyless.http.as(await tokens.issue()).execute(ONLINE);
  expect(refused.status).toBe(503);
  expect(refused.errors?.[0]?.extensions).toEqual({ code: 'UNAVAILABLE', reason: 'KEYS_UNAVAILABLE' });
  expect((await keyless.http.execute(ONLINE)).data).toEqual({ online: 3 });
  await keyless.stop();
});

function tamper(token: string): string {
  const [header, payload = '', signature] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const changed = Buffer.from(JSON.stringify({ ...claims, role: 'Admin' })).toString('base64url');
  return [header, changed, signature].join('.');
}

function unsigned(token: string): string {
  const header = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url');
  return `${header}.${token.split('.')[1]}.`;
}
