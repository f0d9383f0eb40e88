import { eventually } from '@postbook/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SubgraphCallToSend } from '../src/upstream/subgraph-transport.ts';
import { type ScriptedCall, type ScriptedSubgraph, startScriptedSubgraph } from './fixture/scripted-subgraph.ts';
import { callOf, startTestUpstream, type TestUpstream } from './fixture/test-upstream.ts';

let subgraph: ScriptedSubgraph;
let upstream: TestUpstream | undefined;

beforeEach(async () => {
  subgraph = await startScriptedSubgraph();
});
afterEach(async () => {
  await upstream?.stop();
  await subgraph.kill();
});

function start(env: Readonly<Record<string, string>> = {}): TestUpstream {
  upstream = startTestUpstream(subgraph.url, env);
  return upstream;
}
const reasonOf = async ({ transport }: TestUpstream, changes: Partial<SubgraphCallToSend> = {}) =>
  (await transport.send(callOf(changes))).errors?.[0]?.extensions?.reason;

const hangUp = ({ request }: ScriptedCall) => request.socket.destroy();
const overloaded = ({ response }: ScriptedCall) => response.writeHead(503).end('busy');
const mutation = { query: 'mutation { rename }', operationType: 'mutation' } as const;

/** Fails the first calls and answers the next. */
const failFirst = (count: number, fail: (call: ScriptedCall) => void) => {
  subgraph.onCall = (call) => (subgraph.calls.length <= count ? fail(call) : call.reply({ data: { online: 3 } }));
};

test.each([
  ['a broken connection', hangUp],
  ['a 503', overloaded],
])('after %s a query is sent again', async (_, fail) => {
  const { transport, metric } = start();
  failFirst(2, fail);
  expect(await transport.send(callOf())).toEqual({ data: { online: 3 } });
  expect(await metric('gateway_upstream_retries_total', { subgraph: 'chats' })).toBe(2);
});

test('a query is sent again no more often than configured', async () => {
  const started = start({ SUBGRAPH_RETRIES: '1' });
  subgraph.onCall = overloaded;
  expect(await reasonOf(started)).toBe('OVERLOADED');
  expect(subgraph.calls).toHaveLength(2);
  expect(await started.metric('gateway_upstream_faults_total', { subgraph: 'chats', reason: 'overloaded' })).toBe(1);
});

test('a mutation is never sent again, as it may have been carried out', async () => {
  const started = start();
  subgraph.onCall = hangUp;
  expect(await reasonOf(started, mutation)).toBe('CONNECTION');
  expect(subgraph.calls).toHaveLength(1);
});

test('a query whose answer had begun is not sent again', async () => {
  const started = start();
  subgraph.onCall = ({ request, response }) => {
    response.writeHead(200);
    response.write('{"data":', () => request.socket.destroy());
  };
  expect(await reasonOf(started)).toBe('CONNECTION');
  expect(subgraph.calls).toHaveLength(1);
});

test('a query that took too long, and an answer that is no GraphQL, are not asked for again', async () => {
  const started = start({ UPSTREAM_TIMEOUT_MS: '30' });
  subgraph.onCall = () => undefined;
  expect(await reasonOf(started)).toBe('TIMEOUT');
  subgraph.onCall = ({ response }) => response.end('<html>');
  expect(await reasonOf(started)).toBe('INVALID_ANSWER');
  expect(subgraph.calls).toHaveLength(2);
});

test('a long outage is not answered with a multiple of the calls', async () => {
  const started = start({ SUBGRAPH_CIRCUIT_FAULTS: '0', SUBGRAPH_RETRIES: '1' });
  subgraph.onCall = overloaded;
  for (let calls = 0; calls < 40; calls++) await reasonOf(started);
  // Ten that were saved, and one for every ten calls.
  expect(subgraph.calls.length - 40).toBeLessThanOrEqual(14);
  expect(subgraph.calls.length - 40).toBeGreaterThanOrEqual(13);
});

test('after several faults in a row a subgraph is not asked, and one call finds out that it is back', async () => {
  const started = start({ SUBGRAPH_CIRCUIT_FAULTS: '3', SUBGRAPH_CIRCUIT_PROBE_MS: '200', SUBGRAPH_RETRIES: '0' });
  const state = () => started.metric('gateway_upstream_circuit_state', { subgraph: 'chats' });
  subgraph.onCall = overloaded;
  expect(await reasonOf(started)).toBe('OVERLOADED');
  expect(await state()).toBe(0);
  for (let calls = 1; calls < 3; calls++) await reasonOf(started);
  expect([await reasonOf(started), await reasonOf(started, mutation)]).toEqual(['CIRCUIT_OPEN', 'CIRCUIT_OPEN']);
  expect(subgraph.calls).toHaveLength(3);
  expect(await state()).toBe(2);
  await expect(started.states.check?.()).rejects.toThrow(/^chats does not answer since .* \(circuit open\)$/);

  const probe = Promise.withResolvers<ScriptedCall>();
  subgraph.onCall = probe.resolve;
  const answers: Promise<unknown>[] = [];
  await eventually(() => {
    answers.push(reasonOf(started, mutation));
    return subgraph.calls.length === 4;
  });
  expect(await state()).toBe(1);
  // While the probe is under way, others are told at once.
  expect(await reasonOf(started)).toBe('CIRCUIT_OPEN');
  (await probe.promise).reply({ data: { online: 3 } });
  await Promise.all(answers);
  subgraph.onCall = (call) => call.reply({ data: { online: 3 } });
  expect(await started.transport.send(callOf())).toEqual({ data: { online: 3 } });
  expect(await state()).toBe(0);
  await started.states.check?.();
});

test('answers that are too large do not take the subgraph from others', async () => {
  const started = start({ SUBGRAPH_CIRCUIT_FAULTS: '2', MAX_SUBGRAPH_ANSWER_BYTES: '1024' });
  subgraph.onCall = (call) => call.reply({ data: { online: 'x'.repeat(2_000) } });
  for (let calls = 0; calls < 4; calls++) expect(await reasonOf(started)).toBe('RESPONSE_TOO_LARGE');
});

test('errors of a subgraph are answers: they are neither repeated nor counted', async () => {
  const started = start({ SUBGRAPH_CIRCUIT_FAULTS: '1' });
  subgraph.onCall = (call) => call.reply({ errors: [{ message: 'no', path: ['online'] }] }, 500);
  for (let calls = 0; calls < 3; calls++)
    expect((await started.transport.send(callOf())).errors?.[0]?.message).toBe('no');
  expect(subgraph.calls).toHaveLength(3);
});
