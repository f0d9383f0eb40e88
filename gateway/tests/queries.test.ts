import { eventually } from '@postbook/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestGateway, type TestGateway } from './fixture/test-gateway.ts';
import { startTestGraph, type TestGraph } from './fixture/test-graph.ts';

let graph: TestGraph;
let gateway: TestGateway;

beforeAll(async () => {
  graph = await startTestGraph();
  gateway = await startTestGateway({ supergraphPath: graph.supergraphPath, env: { UPSTREAM_TIMEOUT_MS: '1000' } });
});
afterAll(async () => {
  await gateway.stop();
  await graph.stop();
});

test('a query is answered by several subgraphs as one', async () => {
  const result = await gateway.http.execute(
    'query Q($id: ID!, $s: Boolean!) { m: message(id: $id) { id sender { displayName status @include(if: $s) } } online }',
    { id: '7', s: true },
  );
  expect(result.status).toBe(200);
  expect(result.errors).toBeUndefined();
  expect(result.data).toEqual({ m: { id: '7', sender: { displayName: 'Name of ada', status: 'online' } }, online: 3 });
});

test('a mutation can read fields of other subgraphs from its result', async () => {
  const data = await gateway.http.data(
    'mutation { send(conversationId: "q", text: "hi", sender: "bob") { text sender { displayName } } }',
  );
  expect(data).toEqual({ send: { text: 'hi', sender: { displayName: 'Name of bob' } } });
});

test('every response carries a request id, and subgraphs get the same one', async () => {
  const result = await gateway.http.execute('{ online }');
  const id = result.headers.get('x-request-id');
  expect(id).toMatch(/^[\w-]{36}$/);
  expect(graph.presence.calls.at(-1)?.headers['x-request-id']).toBe(id);
  expect(graph.presence.calls.at(-1)?.headers.traceparent).toMatch(/^00-[0-9a-f]{32}-/);
});

test('an operation that is not in the document is the mistake of who asks', async () => {
  const ask = async (body: object) => {
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return [response.status, await response.json()];
  };
  const extensions = { code: 'OPERATION_RESOLUTION_FAILURE' };
  expect(await ask({ query: 'query A { online }', operationName: 'B' })).toEqual([
    400,
    { errors: [{ message: 'The document has no operation named "B".', extensions }] },
  ]);
  expect(await ask({ query: 'query A { online } query B { online }' })).toMatchObject([
    400,
    { errors: [{ extensions }] },
  ]);
  expect(await ask({ query: 'query A { online } query B { online }', operationName: 'B' })).toEqual([
    200,
    { data: { online: 3 } },
  ]);
});

test("a subgraph's error keeps message, code and path, and names the subgraph", async () => {
  const { data, errors } = await gateway.http.execute('{ online no: refused }');
  expect(data).toEqual({ online: 3, no: null });
  expect(errors).toEqual([
    {
      message: 'You may not see this.',
      path: ['no'],
      extensions: { code: 'FORBIDDEN', service: 'messages' },
    },
  ]);
});

test('an error of one entity is at its path in the list, and the others are there', async () => {
  const { data, errors } = await gateway.http.execute('{ messages { text sender { id nickname } } }');
  expect(data).toEqual({
    messages: [
      { text: 'one', sender: { id: 'ada', nickname: null } },
      { text: 'two', sender: { id: 'ghost', nickname: null } },
      { text: 'three', sender: { id: 'bob', nickname: null } },
    ],
  });
  expect(errors).toEqual([
    {
      message: 'No such profile.',
      path: ['messages', 1, 'sender', 'nickname'],
      extensions: { code: 'NOT_FOUND', service: 'profiles' },
    },
  ]);
});

test('a subgraph that is too slow gives an error at its field, and the rest of the answer stays', async () => {
  const { data, errors } = await gateway.http.execute('{ online slow }');
  expect(data).toEqual({ online: 3, slow: null });
  expect(errors).toEqual([
    {
      message: 'The service "messages" does not answer at the moment. Try again in a few seconds.',
      path: ['slow'],
      extensions: { code: 'SUBGRAPH_UNAVAILABLE', service: 'messages', reason: 'TIMEOUT' },
    },
  ]);
});

test('a subgraph that is dead leaves partial data, without its address, and is back without a restart', async () => {
  const query = '{ message(id: "1") { text sender { status } } online }';
  await graph.presence.kill();
  const broken = await gateway.http.execute(query);
  expect(broken.data).toEqual({ message: { text: 'hello', sender: { status: null } }, online: null });
  expect(broken.errors?.map(({ path, extensions }) => ({ path, ...extensions }))).toEqual(
    expect.arrayContaining([
      {
        path: ['message', 'sender', 'status'],
        code: 'SUBGRAPH_UNAVAILABLE',
        service: 'presence',
        reason: 'CONNECTION',
      },
      { path: ['online'], code: 'SUBGRAPH_UNAVAILABLE', service: 'presence', reason: 'CONNECTION' },
    ]),
  );
  expect(JSON.stringify(broken.errors)).not.toMatch(/127\.0\.0\.1|http:|ECONN/);

  const ready = await fetch(`${gateway.url}/health/ready`);
  const report = (await ready.json()) as { status: string; components: { subgraphs: string } };
  expect(report.status).toBe('running');
  expect(report.components.subgraphs).toMatch(/^presence does not answer since /);

  await graph.presence.start();
  const healed = await eventually(async () => {
    const result = await gateway.http.execute(query);
    return result.errors ? undefined : result;
  });
  expect(healed.data).toEqual({ message: { text: 'hello', sender: { status: 'online' } }, online: 3 });
});

test('a field whose required value fails nulls its parent as GraphQL says', async () => {
  const { data, errors } = await gateway.http.execute('{ messages { sender { displayName } } }');
  expect(data).toBeNull();
  expect(errors?.[0]?.extensions?.code).toBe('NOT_FOUND');
});

test('a subscription over HTTP is refused with the way to do it', async () => {
  const result = await gateway.http.execute('subscription { ticks }');
  expect(result.status).toBe(400);
  expect(result.errors?.[0]?.extensions).toEqual({ code: 'SUBSCRIPTION_NEEDS_SOCKET' });
});

test('a query by GET works only with a header that no foreign page can send', async () => {
  const url = `${gateway.url}/graphql?query=${encodeURIComponent('{ online }')}`;
  const forged = await fetch(url);
  expect(forged.status).toBe(400);
  const meant = await fetch(url, { headers: { 'apollo-require-preflight': '1' } });
  expect(await meant.json()).toEqual({ data: { online: 3 } });
});

test('a mutation by GET is refused', async () => {
  const query = encodeURIComponent('mutation { send(conversationId: "1", text: "x", sender: "a") { id } }');
  const response = await fetch(`${gateway.url}/graphql?query=${query}`, {
    headers: { 'apollo-require-preflight': '1' },
  });
  expect(response.status).toBe(405);
});

test('a form of a foreign page is refused', async () => {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain' },
    body: '{"query":"{ online }"}',
  });
  expect(response.status).toBe(400);
});
