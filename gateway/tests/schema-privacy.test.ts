import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestGateway, type TestGateway } from './fixture/test-gateway.ts';
import { startTestGraph, type TestGraph } from './fixture/test-graph.ts';

let graph: TestGraph;
let gateway: TestGateway;

beforeAll(async () => {
  graph = await startTestGraph();
  gateway = await startTestGateway({ supergraphPath: graph.supergraphPath, env: { INTROSPECTION: 'off' } });
});
afterAll(async () => {
  await gateway.stop();
  await graph.stop();
});

test('with introspection off the schema is not told', async () => {
  const { status, errors } = await gateway.http.execute('{ __schema { types { name } } }');
  expect(status).toBe(400);
  expect(errors?.[0]?.extensions?.code).toBe('GRAPHQL_VALIDATION_FAILED');
});

test('with introspection off, errors propose no names, over HTTP and over a socket', async () => {
  const http = await gateway.http.execute('{ onlin }');
  expect(http.errors?.[0]?.message).toBe('Cannot query field "onlin" on type "Query".');
  const socket = gateway.connect();
  await expect(socket.subscribe('subscription { tick }').done).rejects.toMatchObject([
    { message: 'Cannot query field "tick" on type "Subscription".' },
  ]);
  await socket.close();
});

test('with introspection on, they do', async () => {
  const open = await startTestGateway({ supergraphPath: graph.supergraphPath });
  expect((await open.http.execute('{ onlin }')).errors?.[0]?.message).toContain('Did you mean "online"');
  expect((await open.http.execute('{ __type(name: "User") { name } }')).data).toEqual({ __type: { name: 'User' } });
  await open.stop();
});

test("a fault of the gateway's own is masked and carries the request's id", async () => {
  const faulty = await startTestGateway({
    supergraphPath: graph.supergraphPath,
    overrides: {
      transport: { send: () => Promise.reject(new Error('secret at http://10.0.0.1:5432')) },
    },
  });
  const { errors, headers } = await faulty.http.execute('{ online }');
  expect(errors).toEqual([
    {
      message: 'Something went wrong on our side. Retry, and report the request id if it stays.',
      extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: headers.get('x-request-id') },
    },
  ]);
  await faulty.stop();
});

test.each<[string, string, object, string]>([
  ['the type of a field', '{ me }', {}, 'Field "me" of type "…" must have a selection of subfields.'],
  ['the type that a field is missing in', '{ me { nam } }', {}, 'Cannot query field "nam" on type "…".'],
  [
    'an argument that is needed',
    '{ message { text } }',
    {},
    'Field "message" argument "…" of type "ID!" is required, but it was not provided.',
  ],
  ['an argument that is unknown', '{ message(i: 1) { id } }', {}, 'Unknown argument "i" on field "Query.message".'],
  ['a type that a variable has', 'query ($x: Usr) { online }', {}, 'Unknown type "Usr".'],
  [
    'a value that an input takes',
    'mutation ($x: ID!) { send(conversationId: $x, text: "a", sender: $x) { id } }',
    { x: {} },
    'Variable "$x" got invalid value {}; ID cannot represent value: {}',
  ],
  [
    'the type that a variable is used as',
    'query ($x: Int) { user(id: $x) { id } }',
    {},
    'Variable "$x" of type "Int" used in position expecting type "ID!".',
  ],
])('with introspection off, a mistake does not tell %s', async (_what, query, variables, message) => {
  const { errors } = await gateway.http.execute(query, variables as Record<string, unknown>);
  expect(errors?.map((error) => error.message)).toContain(message);
  expect(JSON.stringify(errors)).not.toMatch(/User|Message(?!s)|displayName/);
});
