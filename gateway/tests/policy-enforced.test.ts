import { writeFile } from 'node:fs/promises';
import { eventually, testStores, uniqueName } from '@postbook/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { composeGraph } from './fixture/gated-graph.ts';
import { type PolicyGraph, startPolicyGraph } from './fixture/policy-graph.ts';
import { SECRET, startTestGateway, type TestGateway } from './fixture/test-gateway.ts';
import { startTestTokens, type TestTokens } from './fixture/test-tokens.ts';

let graph: PolicyGraph;
let tokens: TestTokens;
let gateway: TestGateway;

beforeAll(async () => {
  graph = await startPolicyGraph(SECRET);
  tokens = await startTestTokens();
  gateway = await startTestGateway({
    supergraphPath: graph.supergraphPath,
    auth: {
      jwksUrl: tokens.jwksUrl,
      redisUrl: testStores().redisUrl,
      redisNamespace: uniqueName('enforced').toLowerCase(),
    },
    env: { AUTH_DIRECTIVES: 'reject' },
  });
});
afterAll(async () => {
  await gateway.stop();
  await tokens.stop();
  await graph.stop();
});

const DENIED = { code: 'UNAUTHORIZED_FIELD_OR_TYPE', fields: ['secret'] };

test('a supergraph that links directives of security is loaded, and they are enforced', async () => {
  const calls = graph.items.calls.length;
  const { status, data, errors } = await gateway.http.execute('{ hello secret }');
  expect([status, data, errors?.map(({ extensions }) => extensions)]).toEqual([403, undefined, [DENIED]]);
  expect(graph.items.calls).toHaveLength(calls);
  const known = gateway.http.as(await tokens.issue());
  expect(await known.data('{ hello secret }')).toEqual({ hello: 'hello', secret: 'secret' });
});

test.each([
  ['an alias', '{ hello: secret }'],
  ['a fragment', 'query { ...Q } fragment Q on Query { secret }'],
  ['an inline fragment', '{ ... on Query { ... { secret } } }'],
  ['a field that is skipped as it happens', 'query ($no: Boolean = false) { hello secret @include(if: $no) }'],
])('%s gets nobody past them', async (_how, query) => {
  expect((await gateway.http.execute(query)).errors?.[0]?.extensions).toEqual(DENIED);
});

test('several operations in one document, or in one request, get nobody past them', async () => {
  const ask = async (body: object) => {
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { status: response.status, text: await response.text() };
  };
  const two = 'query A { hello } query B { secret }';
  expect(await ask({ query: two, operationName: 'A' })).toMatchObject({ status: 200 });
  expect(await ask({ query: two, operationName: 'B' })).toMatchObject({ status: 403 });
  const batch = await ask([{ query: '{ hello }' }, { query: '{ secret }' }]);
  expect(batch.status).toBe(400);
  expect(batch.text).not.toContain('"secret":"secret"');
});

test('a socket is asked for the same, by who it belongs to', async () => {
  const anonymous = gateway.connect();
  expect((await anonymous.subscribe('{ secret }').next()).errors?.[0]?.extensions).toEqual(DENIED);
  await anonymous.close();
  const known = gateway.connect(await tokens.issue());
  expect(await known.subscribe('{ secret }').next()).toEqual({ data: { secret: 'secret' } });
  await known.close();
});

test('what is remembered of one viewer says nothing of the next', async () => {
  const known = gateway.http.as(await tokens.issue());
  for (const [client, status] of [
    [known, 200],
    [gateway.http, 403],
    [known, 200],
    [gateway.http, 403],
  ] as const) {
    expect((await client.execute('query Again { secret }')).status).toBe(status);
  }
});

test('introspection shows the field, and nothing of what guards it', async () => {
  const { data } = await gateway.http.execute(
    '{ __schema { directives { name } types { name } } __type(name: "Query") { fields { name } } }',
  );
  expect(JSON.stringify(data)).toContain('"secret"');
  expect(JSON.stringify(data)).not.toMatch(/authenticated|requiresScopes|policy|listSize/i);
});

test('a new supergraph brings its own rules', async () => {
  expect((await gateway.http.execute('query Open { dear }')).data).toEqual({ dear: 80 });
  const sdl = 'type Query { hello: String dear: Int @authenticated secret: String }';
  await writeFile(graph.supergraphPath, composeGraph({ items: sdl }, { items: graph.items.url }));
  await eventually(async () => (await gateway.http.execute('{ secret }')).status === 200);
  expect((await gateway.http.execute('query Open { dear }')).errors?.[0]?.extensions).toEqual({
    code: 'UNAUTHORIZED_FIELD_OR_TYPE',
    fields: ['dear'],
  });
});
