import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestGateway, type TestGateway } from './fixture/test-gateway.ts';
import { startTestGraph, type TestGraph } from './fixture/test-graph.ts';

// Every audit of the GraphQL over HTTP specification, as graphql-http has them.

let graph: TestGraph;
let gateway: TestGateway;

beforeAll(async () => {
  graph = await startTestGraph();
  gateway = await startTestGateway({ supergraphPath: graph.supergraphPath });
});
afterAll(async () => {
  await gateway.stop();
  await graph.stop();
});

/** A query in the address is only answered when the browser was asked first (CSRF prevention); the audits don't ask. */
const ACCEPTED_NOTICES = [
  'MAY accept application/x-www-form-urlencoded formatted GET requests',
  'MAY allow URL-encoded JSON string {variables} parameter in GETs when accepting application/graphql-response+json',
  'MAY allow URL-encoded JSON string {variables} parameter in GETs when accepting application/json',
];

test('no audit finds an error or a warning; the notices are those of CSRF prevention', async () => {
  const audits = serverAudits({ url: () => `${gateway.url}/graphql`, fetchFn: fetch });
  const found: string[] = [];
  for (const audit of audits) {
    const result = await audit.fn();
    if (result.status !== 'ok') found.push(`${result.status}: ${audit.name}`);
  }
  expect(audits.length).toBeGreaterThan(50);
  expect(found).toEqual(ACCEPTED_NOTICES.map((name) => `notice: ${name}`));
});

test('with the header that makes browsers ask first, those notices are gone too', async () => {
  const fetchFn: typeof fetch = (input, init) => {
    const headers = new Headers(init?.headers);
    headers.set('apollo-require-preflight', 'yes');
    return fetch(input, { ...init, headers });
  };
  const audits = serverAudits({ url: () => `${gateway.url}/graphql`, fetchFn });
  for (const audit of audits) expect(await audit.fn(), audit.name).toMatchObject({ status: 'ok' });
});

const post = (accept: string, body: unknown) =>
  fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept },
    body: JSON.stringify(body),
  });

test.each<[string, number, string]>([
  ['application/graphql-response+json', 400, 'application/graphql-response+json'],
  ['application/graphql-response+json, application/json;q=0.9', 400, 'application/graphql-response+json'],
  ['application/json', 200, 'application/json'],
  ['*/*', 400, 'application/json'],
])('an invalid operation for a client that accepts %s has status %i', async (accept, status, type) => {
  const response = await post(accept, { query: '{ nothing }' });
  expect([response.status, response.headers.get('content-type')?.split(';')[0]]).toEqual([status, type]);
  expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] });
});

// What urql sends with everything.
const EVERYTHING = 'application/graphql-response+json, application/graphql+json, application/json, text/event-stream';

test('a client that takes event streams as well gets them for subscriptions alone', async () => {
  const query = await post(EVERYTHING, { query: '{ online }' });
  expect(query.headers.get('content-type')).toContain('application/graphql-response+json');
  expect(await query.json()).toEqual({ data: { online: 3 } });
  const invalid = await post(EVERYTHING, { query: 'subscription { nothing }' });
  expect(invalid.status).toBe(400);
  const subscription = await post(EVERYTHING, { query: 'subscription { ticks }' });
  expect(subscription.headers.get('content-type')).toContain('text/event-stream');
  await subscription.body?.cancel();
});

test('a subscription without an event stream is told where to go', async () => {
  const response = await post('application/json', { query: 'subscription { ticks }' });
  expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'SUBSCRIPTION_NEEDS_SOCKET' } }] });
});

test('a mutation by GET is refused with 405, whatever headers it has', async () => {
  const query = encodeURIComponent('mutation { send(conversationId: "1", text: "no", sender: "ada") { id } }');
  const response = await fetch(`${gateway.url}/graphql?query=${query}`, {
    headers: { 'apollo-require-preflight': 'yes' },
  });
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
});

test.each(['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=x'])(
  'a POST of %s, which any page may send, is refused',
  async (type) => {
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': type },
      body: '{"query":"{ online }"}',
    });
    expect(response.status).toBe(400);
  },
);

test("Studio's pages may call in development and not in production, never with credentials", async () => {
  const origin = 'https://studio.apollographql.com';
  const preflight = (url: string) =>
    fetch(`${url}/graphql`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
    });
  const production = await startTestGateway({ supergraphPath: graph.supergraphPath, env: { INTROSPECTION: 'off' } });
  const { headers } = await preflight(gateway.url);
  expect(headers.get('access-control-allow-origin')).toBe(origin);
  expect(headers.get('access-control-allow-credentials')).toBeNull();
  expect(headers.get('access-control-max-age')).toBe('7200');
  expect(headers.get('access-control-allow-headers')).toContain('apollographql-client-name');
  expect(headers.get('vary')).toContain('origin');
  expect((await preflight(production.url)).headers.get('access-control-allow-origin')).toBeNull();
  await production.stop();
});

test('an answer can be neither framed, nor sniffed, nor kept, nor embedded by other sites', async () => {
  const { headers } = await post('application/json', { query: '{ online }' });
  expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
  expect(headers.get('x-frame-options')).toBe('DENY');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
  expect(headers.get('referrer-policy')).toBe('no-referrer');
});

test('/health says whether requests are taken', async () => {
  const response = await fetch(`${gateway.url}/health`);
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ status: 'running' });
});
