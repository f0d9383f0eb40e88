import { createIdentityVerifier, IDENTITY_HEADER } from '@postbook/service-kit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ScriptedSubgraph, startScriptedSubgraph } from './fixture/scripted-subgraph.ts';
import { SECRET } from './fixture/test-gateway.ts';
import { ADA, callOf, startTestUpstream, type TestUpstream } from './fixture/test-upstream.ts';

let subgraph: ScriptedSubgraph;
let upstream: TestUpstream;

beforeEach(async () => {
  subgraph = await startScriptedSubgraph();
  upstream = startTestUpstream(subgraph.url, { UPSTREAM_TIMEOUT_MS: '2000', MAX_SUBGRAPH_ANSWER_BYTES: '2048' });
});
afterEach(async () => {
  await upstream.stop();
  await subgraph.kill();
});

const unavailable = (path: readonly (string | number)[], reason: string) => ({
  message: 'The service "chats" does not answer at the moment. Try again in a few seconds.',
  path,
  extensions: { code: 'SUBGRAPH_UNAVAILABLE', service: 'chats', reason },
});

test('the body is JSON of query, name and variables, with representations among the variables', async () => {
  const query =
    'query E($representations: [_Any!]!, $n: Int) {\n  "é" _entities(representations: $representations) { id }\n}';
  const representations = ['{"__typename":"User","id":"1"}', '{"__typename":"User","id":"2"}'];
  await upstream.transport.send(callOf({ query, operationName: 'E', variables: '{"n":1}', representations }));
  await upstream.transport.send(callOf({ query, variables: '{}', representations }));
  await upstream.transport.send(callOf());
  const parsed = representations.map((text) => JSON.parse(text));
  expect(subgraph.calls.map(({ body }) => body)).toEqual([
    { query, operationName: 'E', variables: { n: 1, representations: parsed } },
    { query, variables: { representations: parsed } },
    { query: '{ online }', variables: {} },
  ]);
});

test('a call carries the identity signed over its very body, the request id and the trace', async () => {
  await upstream.transport.send(callOf());
  const [call] = subgraph.calls;
  const verifier = createIdentityVerifier({ secret: SECRET, audience: 'chats' });
  const identity = verifier.verify(String(call?.headers[IDENTITY_HEADER]), call?.text ?? '');
  expect(identity).toMatchObject({ viewer: ADA, operationType: 'query', client: { ip: '10.0.0.1' } });
  expect(call?.headers).toMatchObject({ 'x-request-id': 'request-1', 'content-type': 'application/json' });
  expect(call?.headers.traceparent).toMatch(/^00-a{32}-/);
});

test('an answer comes back with its data and errors', async () => {
  const errors = [{ message: 'no', path: ['online'], extensions: { code: 'FORBIDDEN' } }];
  subgraph.onCall = (call) => call.reply({ data: { online: null }, errors });
  expect(await upstream.transport.send(callOf())).toEqual({ data: { online: null }, errors });
  expect(
    await upstream.metric('gateway_upstream_duration_seconds', { subgraph: 'chats', outcome: 'errors' }),
  ).toBeTypeOf('number');
});

test('an error about all entities is given to each of them', async () => {
  subgraph.onCall = (call) => call.reply({ data: null, errors: [{ message: 'no' }] });
  const answer = await upstream.transport.send(callOf({ representations: ['{"id":1}', '{"id":2}'] }));
  expect(answer.errors?.map(({ path }) => path)).toEqual([
    ['_entities', 0],
    ['_entities', 1],
  ]);
});

test('an answer in many pieces is put together', async () => {
  subgraph.onCall = ({ response }) => {
    const bytes = Buffer.from('{"data":{"online":"é"}}');
    const cut = bytes.indexOf(0xc3) + 1;
    response.write(bytes.subarray(0, cut), () => response.end(bytes.subarray(cut)));
  };
  expect(await upstream.transport.send(callOf())).toEqual({ data: { online: 'é' } });
});

test('a subgraph that is too slow is left alone after its time', async () => {
  const quick = startTestUpstream(subgraph.url, { SUBGRAPH_TIMEOUTS_MS: 'other=60000,chats=50' });
  const cut = Promise.withResolvers<void>();
  subgraph.onCall = ({ response }) => response.once('close', cut.resolve);
  expect(await quick.transport.send(callOf())).toEqual({ data: null, errors: [unavailable(['online'], 'TIMEOUT')] });
  await cut.promise;
  await quick.stop();
});

test('an answer that is larger than the limit is cut off', async () => {
  const cut = Promise.withResolvers<void>();
  subgraph.onCall = ({ response }) => {
    response.once('close', cut.resolve);
    response.write(`{"data":{"online":"${'x'.repeat(4_000)}`);
  };
  const { errors } = await upstream.transport.send(callOf());
  expect(errors).toEqual([unavailable(['online'], 'RESPONSE_TOO_LARGE')]);
  await cut.promise;
});

test.each([
  ['a page', '<html>'],
  ['JSON without data or errors', '{"ok":true}'],
  ['nothing', ''],
])('%s is no answer', async (_, text) => {
  subgraph.onCall = ({ response }) => response.end(text);
  const { data, errors } = await upstream.transport.send(
    callOf({ query: 'mutation { a: x b }', operationType: 'mutation' }),
  );
  expect(data).toBeNull();
  expect(errors).toEqual([unavailable(['a'], 'INVALID_ANSWER'), unavailable(['b'], 'INVALID_ANSWER')]);
});

test('a subgraph that is away, or that nobody knows, is an error at each entity asked for', async () => {
  await subgraph.kill();
  const representations = ['{"id":1}', '{"id":2}'];
  const errors = [unavailable(['_entities', 0], 'CONNECTION'), unavailable(['_entities', 1], 'CONNECTION')];
  expect(await upstream.transport.send(callOf({ representations }))).toEqual({ data: null, errors });
  await expect(upstream.states.check?.()).rejects.toThrow('chats does not answer');
  const unknown = await upstream.transport.send(
    callOf({ service: 'ghost', query: '{ ...F } fragment F on Query { a }' }),
  );
  expect(unknown.errors?.[0]).toMatchObject({ extensions: { service: 'ghost', reason: 'CONNECTION' } });
});

test('calls one after the other reuse their connections', async () => {
  for (let n = 0; n < 20; n++) await upstream.transport.send(callOf());
  // The answer is there a moment before its connection is free again: they take turns.
  expect(new Set(subgraph.calls.map(({ request }) => request.socket.remotePort)).size).toBeLessThanOrEqual(2);
});
