import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfig } from '../src/config.ts';
import { type ScriptedSubgraph, startScriptedSubgraph } from './fixture/scripted-subgraph.ts';
import { startTestGateway } from './fixture/test-gateway.ts';
import { startTestGraph } from './fixture/test-graph.ts';
import { ADA, callOf, contextOf, startTestUpstream, type TestUpstream } from './fixture/test-upstream.ts';

let subgraph: ScriptedSubgraph;
let upstream: TestUpstream | undefined;

beforeEach(async () => {
  subgraph = await startScriptedSubgraph();
});
afterEach(async () => {
  await upstream?.stop();
  await subgraph.kill();
});

const CLIENT: IncomingHttpHeaders = {
  authorization: 'Bearer secret',
  cookie: 'session=secret',
  'accept-language': 'de',
  'x-tenant': 'acme',
  'x-api-key': 'secret',
  connection: 'x-tenant',
  traceparent: 'evil',
};

async function headersWith(rules: object): Promise<IncomingHttpHeaders> {
  upstream = startTestUpstream(subgraph.url, { SUBGRAPH_HEADERS: JSON.stringify(rules) });
  await upstream.transport.send(callOf({ context: { ...contextOf(ADA), headers: () => CLIENT } }));
  return subgraph.calls.at(-1)?.headers ?? {};
}
const OWN = [
  'accept',
  'connection',
  'content-length',
  'content-type',
  'host',
  'traceparent',
  'x-postbook-identity',
  'x-request-id',
];
const besidesOwn = (headers: IncomingHttpHeaders) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !OWN.includes(name)));

test('without rules no header of the client goes on', async () => {
  expect(besidesOwn(await headersWith({}))).toEqual({});
});

test('headers are sent on, renamed and set, to all subgraphs or to one', async () => {
  const headers = await headersWith({
    all: [{ propagate: 'Accept-Language' }, { propagate: 'x-missing' }],
    subgraphs: {
      chats: [
        { propagate: 'x-tenant', as: 'x-org' },
        { set: 'x-from', value: 'gateway' },
      ],
      other: [{ propagate: 'cookie' }],
    },
  });
  expect(besidesOwn(headers)).toEqual({ 'accept-language': 'de', 'x-org': 'acme', 'x-from': 'gateway' });
});

test('what proves who somebody is goes on only by its full name', async () => {
  expect(
    besidesOwn(await headersWith({ all: [{ propagate: 'x-*' }, { propagate: 'a*' }, { propagate: 'c*' }] })),
  ).toEqual({
    'accept-language': 'de',
    'x-tenant': 'acme',
  });
  await upstream?.stop();
  expect(besidesOwn(await headersWith({ all: [{ propagate: 'authorization' }] }))).toEqual({
    authorization: 'Bearer secret',
  });
});

test('the headers of the gateway itself stay what they are', async () => {
  const headers = await headersWith({ all: [{ propagate: 't*' }, { propagate: 'co*' }] });
  expect(headers.traceparent).toMatch(/^00-a{32}-/);
  expect(headers.connection).toBe('keep-alive');
});

test('calls that differ in a header that goes on are not shared', async () => {
  upstream = startTestUpstream(subgraph.url, { SUBGRAPH_HEADERS: '{"all":[{"propagate":"accept-language"}]}' });
  subgraph.onCall = () => undefined;
  const inLanguage = (language: string) =>
    upstream?.transport.send(
      callOf({ context: { ...contextOf(ADA), headers: () => ({ 'accept-language': language }) } }),
    );
  const answers = [inLanguage('de'), inLanguage('en'), inLanguage('de')];
  await subgraph.call(2);
  for (const call of subgraph.calls) call.reply({ data: { language: call.headers['accept-language'] } });
  expect(await Promise.all(answers)).toEqual(['de', 'en', 'de'].map((language) => ({ data: { language } })));
});

test("a client's header reaches a subgraph through the whole gateway", async () => {
  const graph = await startTestGraph();
  const env = { SUBGRAPH_HEADERS: '{"subgraphs":{"presence":[{"propagate":"accept-language"}]}}' };
  const gateway = await startTestGateway({ supergraphPath: graph.supergraphPath, env });
  await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'accept-language': 'de', 'x-tenant': 'acme' },
    body: JSON.stringify({ query: '{ online message(id: 1) { text } }' }),
  });
  expect(graph.presence.calls.at(-1)?.headers).toMatchObject({ 'accept-language': 'de' });
  expect(graph.presence.calls.at(-1)?.headers).not.toHaveProperty('x-tenant');
  expect(graph.messages.calls.at(-1)?.headers).not.toHaveProperty('accept-language');
  await gateway.stop();
  await graph.stop();
});

test('rules can be in a file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rules-'));
  const path = join(folder, 'headers.json');
  await writeFile(path, '{"all":[{"propagate":"X-Tenant"}]}');
  const { upstream: config } = loadConfig({ GATEWAY_AUTH: 'off', SUBGRAPH_HEADERS: path });
  expect(config.headers).toEqual({ all: [{ propagate: 'x-tenant' }], subgraphs: {} });
  await rm(folder, { recursive: true });
});

test.each([
  ['{"all":[{"propagate":"Connection"}]}', 'keeps this header to itself'],
  ['{"all":[{"propagate":"x-a","as":"traceparent"}]}', 'all.0.as: is a header'],
  ['{"all":[{"set":"x-postbook-identity","value":"me"}]}', 'all.0.set: is a header'],
  ['{"all":[{"propagate":"x-*","as":"x-a"}]}', 'cannot become one'],
  ['{"all":[{"set":"x-a","value":"a\\r\\nx-b: c"}]}', 'all.0.value: has characters'],
  ['{"al":[]}', 'al'],
  ['{', 'JSON'],
  ['/no/such/file.json', 'the path of a file'],
])('%s is refused at the start', (SUBGRAPH_HEADERS, words) => {
  expect(() => loadConfig({ GATEWAY_AUTH: 'off', SUBGRAPH_HEADERS })).toThrow(words);
});
