import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { Report } from '@apollo/usage-reporting-protobuf';
import { createGraphqlClient, eventually, testStores, uniqueName } from '@postbook/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfig } from '../src/config.ts';
import type { GatewayOverrides } from '../src/server.ts';
import { type SubgraphProcess, startSubgraphProcess } from './fixture/subgraph-process.ts';
import { startTestGateway } from './fixture/test-gateway.ts';
import { startTestTokens, type TestTokens } from './fixture/test-tokens.ts';

/** Apollo's two services, as far as a gateway meets them. */
interface FakeApollo {
  readonly url: string;
  readonly uplinkCalls: { ref: string; apiKey: string; ifAfterId: string | null }[];
  readonly reports: { apiKey: string; report: Report }[];
  /** What Uplink gives from now on. */
  supergraph: { id: string; sdl: string };
  stop(): Promise<void>;
}

async function startFakeApollo(sdl: string): Promise<FakeApollo> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    if (request.url?.startsWith('/uplink')) {
      const { variables } = JSON.parse(body.toString());
      apollo.uplinkCalls.push(variables);
      const { id, sdl: supergraphSdl } = apollo.supergraph;
      const changed = { __typename: 'RouterConfigResult', id, supergraphSdl, minDelaySeconds: 10 };
      const routerConfig = variables.ifAfterId === id ? { __typename: 'Unchanged', id, minDelaySeconds: 10 } : changed;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ data: { routerConfig } }));
      return;
    }
    const apiKey = String(request.headers['x-api-key']);
    apollo.reports.push({ apiKey, report: Report.decode(gunzipSync(body)) });
    response.end('');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const apollo: FakeApollo = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    uplinkCalls: [],
    reports: [],
    supergraph: { id: 'one', sdl },
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
  return apollo;
}

const KEY = 'service:postbook:secret-of-the-test';
let tokens: TestTokens;
let subgraph: SubgraphProcess;
let apollo: FakeApollo;
let namespace: string;

beforeEach(async () => {
  namespace = uniqueName('studio').toLowerCase();
  tokens = await startTestTokens();
  subgraph = await startSubgraphProcess({ REDIS_NAMESPACE: namespace });
  apollo = await startFakeApollo(subgraph.supergraphWith(''));
});
afterEach(async () => {
  await subgraph.stop();
  await tokens.stop();
  await apollo.stop();
});

/** What a subgraph's timing looks like in a report. */
const TIMED = {
  serviceName: 'presence',
  traceParsingFailed: false,
  trace: { root: { child: [{ responseName: 'online', type: 'Int', parentType: 'Query' }] } },
};

const start = (env: Readonly<Record<string, string>>, overrides: GatewayOverrides = {}) =>
  startTestGateway({
    overrides,
    supergraphPath: subgraph.supergraphPath,
    auth: { jwksUrl: tokens.jwksUrl, redisUrl: testStores().redisUrl, redisNamespace: namespace },
    env: { APOLLO_KEY: KEY, APOLLO_GRAPH_REF: 'postbook@current', APOLLO_REPORTING_ENDPOINT: apollo.url, ...env },
  });

test('with a key and no file, the supergraph comes from Uplink and is followed there', async () => {
  const gateway = await start({ SUPERGRAPH_PATH: '', APOLLO_UPLINK_ENDPOINTS: `${apollo.url}/uplink` });
  expect(apollo.uplinkCalls).toEqual([{ ref: 'postbook@current', apiKey: KEY, ifAfterId: null }]);
  expect(await gateway.http.data('{ online }')).toEqual({ online: 3 });
  apollo.supergraph = { id: 'two', sdl: subgraph.supergraphWith('isNew: Boolean') };
  // Uplink is asked no more often than every ten seconds.
  await eventually(() => apollo.uplinkCalls.length === 2, { timeoutMs: 20_000 });
  expect(apollo.uplinkCalls[1]).toMatchObject({ ifAfterId: 'one' });
  await eventually(async () => (await gateway.http.execute('{ isNew }')).status === 200);
  await gateway.stop();
});

test('usage is reported with timings of the subgraphs, and nothing that people wrote', async () => {
  const gateway = await start({ APOLLO_TRACE_RATIO: '1' });
  expect(apollo.uplinkCalls).toEqual([]);
  expect(await gateway.http.data('query Presence { online }')).toEqual({ online: 3 });
  await gateway.stop();
  const [{ apiKey, report } = { apiKey: '', report: new Report() }] = apollo.reports;
  expect(apiKey).toBe(KEY);
  expect(report.header?.graphRef).toBe('postbook@current');
  const [signature] = Object.keys(report.tracesPerQuery);
  expect(signature).toBe('# Presence\nquery Presence{online}');
  const trace = report.tracesPerQuery[signature ?? '']?.trace?.[0];
  expect(trace).toMatchObject({ queryPlan: { fetch: TIMED } });
});

test('the process then calls Apollo, its subgraphs and Redis, and nobody else', async () => {
  const child = spawn(process.execPath, ['--import', './tests/fixture/record-connections.ts', 'src/main.ts'], {
    env: {
      PATH: '',
      GATEWAY_AUTH: 'off',
      PORT: '0',
      APOLLO_KEY: KEY,
      APOLLO_GRAPH_REF: 'postbook@current',
      APOLLO_UPLINK_ENDPOINTS: `${apollo.url}/uplink`,
      APOLLO_REPORTING_ENDPOINT: apollo.url,
    },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const hosts = new Set<string>();
  let output = '';
  child.stdout?.on('data', (chunk) => {
    output += chunk;
  });
  const { url } = await new Promise<{ url: string }>((resolve) => {
    child.on('message', (message: { type: string; url: string; to: string }) => {
      if (message.type === 'connection') hosts.add(message.to);
      if (message.type === 'ready') resolve(message);
    });
  });
  await createGraphqlClient({ url: `${url}/graphql` }).execute('{ online }');
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(apollo.reports).toHaveLength(1);
  expect([...hosts]).toEqual(['127.0.0.1']);
  expect(output).not.toContain('secret-of-the-test');
});

test('without traces asked for, subgraphs are not asked to time anything', async () => {
  const gateway = await start({ APOLLO_TRACE_RATIO: '0' });
  await gateway.http.data('query Presence { online }');
  await gateway.stop();
  const statistics = apollo.reports[0]?.report.tracesPerQuery['# Presence\nquery Presence{online}'];
  expect(statistics?.trace).toEqual([]);
  expect(statistics?.statsWithContext).toHaveLength(1);
});

test('Sandbox is at / when asked for, under a policy that lets it load from Apollo alone', async () => {
  const gateway = await start({ EXPLORER: 'sandbox', APOLLO_TRACE_RATIO: '0' });
  const page = await fetch(`${gateway.url}/`);
  const html = await page.text();
  const nonce = /nonce="([^"]+)"/.exec(html)?.[1];
  expect(html).toContain('embeddable-sandbox.umd.production.min.js');
  expect(page.headers.get('content-security-policy')).toContain(`script-src 'nonce-${nonce}'`);
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect((await fetch(`${gateway.url}/other`)).status).toBe(404);
  await gateway.stop();
});

test('a key needs a graph, and a form', () => {
  expect(() => loadConfig({ GATEWAY_AUTH: 'off', APOLLO_KEY: KEY })).toThrow('APOLLO_GRAPH_REF');
  expect(() => loadConfig({ GATEWAY_AUTH: 'off', APOLLO_KEY: 'x', APOLLO_GRAPH_REF: 'a@b' })).toThrow('APOLLO_KEY');
  expect(loadConfig({ GATEWAY_AUTH: 'off', APOLLO_GRAPH_REF: 'a@b' }).studio).toBeUndefined();
});
