import { afterAll, beforeAll, expect, test } from 'vitest';
import { openRawSocket, subscribe } from './fixture/raw-socket.ts';
import { startTestGateway, type TestGateway } from './fixture/test-gateway.ts';
import { startTestGraph, type TestGraph } from './fixture/test-graph.ts';

let graph: TestGraph;
let gateway: TestGateway;

beforeAll(async () => {
  graph = await startTestGraph();
  gateway = await startTestGateway({
    supergraphPath: graph.supergraphPath,
    env: {
      MAX_QUERY_DEPTH: '3',
      MAX_QUERY_ROOT_FIELDS: '4',
      MAX_QUERY_ALIASES: '5',
      MAX_QUERY_FIELDS: '30',
      MAX_QUERY_DIRECTIVES: '6',
      MAX_QUERY_DIRECTIVES_AT_ONCE: '3',
      MAX_QUERY_TOKENS: '300',
      MAX_BODY_BYTES: '5000',
    },
  });
});
afterAll(async () => {
  await gateway.stop();
  await graph.stop();
});

/** Fragments that double at every level: 2^n fields in n lines. */
const laughs = (levels: number) =>
  `{ messages { ...F0 } } ${[...Array(levels).keys()]
    .map((n) => `fragment F${n} on Message { ${n + 1 < levels ? `...F${n + 1} ...F${n + 1}` : 'id'} }`)
    .join(' ')}`;

const cases: [string, string, object][] = [
  ['rootFields', '{ a: online b: online c: online d: online online }', { maximum: 4, actual: 5 }],
  ['aliases', '{ messages { a: id b: id c: id d: id e: id f: id } }', { maximum: 5, actual: 6 }],
  ['fields', laughs(12), { maximum: 30, actual: 2049 }],
  ['directives', `{ messages { ${'id @skip(if: false) '.repeat(7)} } }`, { maximum: 6, actual: 7 }],
  [
    'directives',
    `{ messages { ...F @skip(if: false) ...F ...F ...F ...F ...F ...F } } fragment F on Message { id @skip(if: false) }`,
    { maximum: 6, actual: 8 },
  ],
  ['tokens', `{ messages { ${'id '.repeat(400)} } }`, { maximum: 300 }],
];

test.each(cases)(
  'too many %s are refused before planning, over HTTP and over a socket',
  async (limit, query, details) => {
    const expected = { code: 'OPERATION_LIMIT_EXCEEDED', limit, ...details };
    const http = await gateway.http.execute(query);
    expect(http.status).toBe(400);
    expect(http.data).toBeUndefined();
    expect(http.errors?.map(({ extensions }) => extensions)).toEqual([expected]);
    const socket = gateway.connect();
    const errors = await socket
      .subscribe(query)
      .next()
      .then(
        (result) => result.errors,
        (refused) => refused,
      );
    expect(errors).toMatchObject([{ extensions: expected }]);
    await socket.close();
  },
);

test.each([
  'query { online @a @b @c @d }',
  'query @a @b @c @d { online }',
  'query ($v: ID @a @b @c @d) { message(id: $v) { id } }',
  '{ messages { ... @a @b @c @d { id } } }',
])('too many directives at one place are refused before they are compared with each other: %s', async (query) => {
  const raw = await openRawSocket({ url: gateway.socketUrl });
  await raw.init();
  raw.send(subscribe('1', query));
  const { payload } = await raw.next();
  const expected = { code: 'OPERATION_LIMIT_EXCEEDED', limit: 'directivesAtOnce', maximum: 3, actual: 4 };
  expect(payload).toMatchObject([{ extensions: expected }]);
  const { status, errors } = await gateway.http.execute(query);
  expect({ status, errors: errors?.map(({ extensions }) => extensions) }).toEqual({ status: 400, errors: [expected] });
  raw.socket.terminate();
});

test('a query is refused one level beyond the limit, fragments included', async () => {
  const deep = 'query { message(id: "1") { ...M } } fragment M on Message { sender { id } readers { id } }';
  expect((await gateway.http.execute(deep)).errors).toBeUndefined();
  const tight = await startTestGateway({ supergraphPath: graph.supergraphPath, env: { MAX_QUERY_DEPTH: '2' } });
  const refused = await tight.http.execute(deep);
  expect(refused.errors?.[0]?.extensions).toEqual({
    code: 'OPERATION_LIMIT_EXCEEDED',
    limit: 'depth',
    maximum: 2,
    actual: 3,
  });
  const socket = tight.connect();
  const subscription = socket.subscribe('subscription { messageAdded(conversationId: "1") { sender { id } } }');
  await expect(subscription.done).rejects.toMatchObject([{ extensions: { code: 'OPERATION_LIMIT_EXCEEDED' } }]);
  await socket.close();
  await tight.stop();
});

test('fragments that spread each other in a circle are refused as GraphQL says', async () => {
  const { errors } = await gateway.http.execute(
    '{ messages { ...A } } fragment A on Message { ...B } fragment B on Message { ...A }',
  );
  expect(errors?.[0]?.extensions?.code).toBe('GRAPHQL_VALIDATION_FAILED');
});

test('a body that is too large is refused with 413', async () => {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ online }', variables: { padding: 'x'.repeat(6_000) } }),
  });
  expect(response.status).toBe(413);
  expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BODY_TOO_LARGE' } }] });
});

test('several operations in one request are refused', async () => {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([{ query: '{ online }' }, { query: '{ online }' }]),
  });
  expect(response.status).toBe(400);
});
