import { afterEach, beforeEach, expect, test } from 'vitest';
import type { GatewayContext } from '../src/context.ts';
import type { SubgraphCallToSend } from '../src/upstream/subgraph-transport.ts';
import { type ScriptedSubgraph, startScriptedSubgraph } from './fixture/scripted-subgraph.ts';
import { ADA, BOB, callOf, contextOf, startTestUpstream, type TestUpstream } from './fixture/test-upstream.ts';

let subgraph: ScriptedSubgraph;
let upstream: TestUpstream;

beforeEach(async () => {
  subgraph = await startScriptedSubgraph();
  upstream = startTestUpstream(subgraph.url);
  subgraph.onCall = () => undefined;
});
afterEach(async () => {
  await upstream.stop();
  await subgraph.kill();
});

const send = (changes: Partial<SubgraphCallToSend> = {}) => upstream.transport.send(callOf(changes));
const mutation = { query: 'mutation { rename }', operationType: 'mutation' } as const;
/** Answers every call so far with its number. */
const answerAll = () => {
  for (const [index, call] of subgraph.calls.entries()) {
    if (!call.response.writableEnded) call.reply({ data: { online: index + 1 } });
  }
};

test('identical queries of one identity under way are sent once, and all get the answer', async () => {
  const representations = ['{"id":1}'];
  const answers = Promise.all(
    [1, 2, 3].map(() => send({ context: contextOf(ADA), representations: [...representations] })),
  );
  await subgraph.call(1);
  subgraph.calls[0]?.reply({ data: { _entities: [{ id: 1 }] } });
  expect(await answers).toEqual([1, 2, 3].map(() => ({ data: { _entities: [{ id: 1 }] } })));
  expect(subgraph.calls).toHaveLength(1);
  expect(await upstream.metric('gateway_upstream_shared_total', { subgraph: 'chats' })).toBe(2);
});

test('once answered, it is asked for again', async () => {
  subgraph.onCall = answerAll;
  expect([await send(), await send()]).toEqual([{ data: { online: 1 } }, { data: { online: 2 } }]);
});

const withScopes = (...scopes: string[]): GatewayContext => contextOf({ ...ADA, scopes });

test.each<[string, Partial<SubgraphCallToSend>, Partial<SubgraphCallToSend>]>([
  ['another viewer', { context: contextOf(ADA) }, { context: contextOf(BOB) }],
  ['nobody', { context: contextOf(ADA) }, { context: contextOf() }],
  ['another session', { context: contextOf(ADA) }, { context: contextOf({ ...ADA, sessionId: BOB.sessionId }) }],
  ['another role', { context: contextOf(ADA) }, { context: contextOf({ ...ADA, role: 'Admin' }) }],
  ['other scopes', { context: withScopes('a', 'b') }, { context: withScopes('a') }],
  ['another address', { context: contextOf(ADA, '10.0.0.1') }, { context: contextOf(ADA, '10.0.0.2') }],
  ['other variables', { variables: '{"a":1}' }, { variables: '{"a":2}' }],
  [
    'other representations',
    { representations: ['{"id":1}', '{"id":2}'] },
    { representations: ['{"id":2}', '{"id":1}'] },
  ],
  ['fewer representations', { representations: ['{"id":1}', '{"id":2}'] }, { representations: ['{"id":1}'] }],
  ['another operation of the text', { operationName: 'A' }, { operationName: 'B' }],
  ['mutations', mutation, mutation],
  ['a call that must not share', {}, { isUnshared: true }],
])('%s: nothing is shared', async (_, one, other) => {
  const answers = [send(one), send(other)];
  await subgraph.call(2);
  for (const call of subgraph.calls) call.reply({ data: { n: 1 } });
  await Promise.all(answers);
});

test('the same scopes in another order are the same identity', async () => {
  const answers = [send({ context: withScopes('a', 'b') }), send({ context: withScopes('b', 'a') })];
  (await subgraph.call(1)).reply({ data: { n: 1 } });
  await Promise.all(answers);
  expect(subgraph.calls).toHaveLength(1);
});

test('a query that starts after a mutation of its person began does not share what was asked for before', async () => {
  const before = send();
  await subgraph.call(1);
  const change = send({ ...mutation, context: contextOf({ ...ADA, sessionId: BOB.sessionId }) });
  await subgraph.call(2);
  const after = send();
  await subgraph.call(3);
  answerAll();
  expect(await Promise.all([before, change, after])).toEqual([1, 2, 3].map((online) => ({ data: { online } })));
});

test('a query that starts after the mutation ended does not share what was asked for during it', async () => {
  const change = send(mutation);
  await subgraph.call(1);
  const during = send();
  await subgraph.call(2);
  subgraph.calls[0]?.reply({ data: { online: 1 } });
  await change;
  const after = [send(), send()];
  await subgraph.call(3);
  answerAll();
  expect(await during).toEqual({ data: { online: 2 } });
  expect(await Promise.all(after)).toEqual([{ data: { online: 3 } }, { data: { online: 3 } }]);
});

test("another person's mutation parts nothing", async () => {
  const before = send();
  await subgraph.call(1);
  const change = send({ ...mutation, context: contextOf(BOB) });
  await subgraph.call(2);
  const after = send();
  answerAll();
  expect(await Promise.all([before, change, after])).toEqual([1, 2, 1].map((online) => ({ data: { online } })));
});
