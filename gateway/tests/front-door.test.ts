import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { isBuilt } from '@postbook/explorer';
import { createGraphqlClient, createSubscriber, eventually } from '@postbook/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestGateway, type TestGateway } from './fixture/test-gateway.ts';
import { startTestGraph, type TestGraph } from './fixture/test-graph.ts';

let graph: TestGraph;
let gateway: TestGateway;

beforeAll(async () => {
  graph = await startTestGraph();
  gateway = await startTestGateway({
    supergraphPath: graph.supergraphPath,
    env: { CORS_ORIGINS: 'https://app.example.org' },
  });
});
afterAll(async () => {
  await gateway.stop();
  await graph.stop();
});

test('GATEWAY_AUTH=off needs only a supergraph and a port, and ignores tokens', async () => {
  const { status, data } = await gateway.http.as('whatever').execute('{ online }');
  expect([status, data]).toEqual([200, { online: 3 }]);
  expect(graph.presence.calls.at(-1)?.headers['x-postbook-identity']).toBeUndefined();
});

test('the process calls nobody but its subgraphs, and leaves with 0 after SIGTERM under a live subscription', async () => {
  const child = spawn(process.execPath, ['--import', './tests/fixture/record-connections.ts', 'src/main.ts'], {
    env: { PATH: '', GATEWAY_AUTH: 'off', PORT: '0', SUPERGRAPH_PATH: graph.supergraphPath },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const connections: string[] = [];
  const ready = await new Promise<{ url: string }>((resolve) => {
    child.on('message', (message: { type: string; url: string; to: string }) => {
      if (message.type === 'connection') connections.push(message.to);
      if (message.type === 'ready') resolve(message);
    });
  });
  expect(await createGraphqlClient({ url: `${ready.url}/graphql` }).data('{ online }')).toEqual({ online: 3 });
  const socket = createSubscriber({ url: `${ready.url.replace('http', 'ws')}/graphql` });
  const subscription = socket.subscribe('subscription { ticks }');
  await eventually(() => graph.topic.opened === 1);
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(await socket.closed).toMatchObject({ code: 1001 });
  await subscription.done;
  expect(new Set(connections)).toEqual(new Set(['127.0.0.1']));
});

test('the page at / comes with a strict policy, and its files may be kept for ever', async () => {
  const page = await fetch(`${gateway.url}/`);
  expect(page.status).toBe(200);
  const policy = page.headers.get('content-security-policy');
  expect(policy).toContain("default-src 'none'; script-src 'self';");
  expect(page.headers.get('x-frame-options')).toBe('DENY');
  expect(page.headers.get('x-content-type-options')).toBe('nosniff');
  const html = await page.text();
  if (!isBuilt()) {
    expect(html).toContain('npm run build');
    return;
  }
  expect(page.headers.get('cache-control')).toBe('no-cache');
  expect(html).not.toMatch(/https?:\/\//);
  const script = /src="(\/assets\/[^"]+\.js)"/.exec(html)?.[1];
  const file = await fetch(`${gateway.url}${script}`);
  expect(file.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  expect(file.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
});

test.each(['/assets/..%2f..%2fpackage.json', '/assets/../../package.json', '/nothing', '/assets/none.js'])(
  '%s is not found',
  async (path) => {
    expect((await fetch(`${gateway.url}${path}`)).status).toBe(404);
  },
);

test('only listed origins may read answers across sites', async () => {
  const preflight = (origin: string) =>
    fetch(`${gateway.url}/graphql`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST' },
    });
  const listed = await preflight('https://app.example.org');
  expect(listed.status).toBe(204);
  expect(listed.headers.get('access-control-allow-origin')).toBe('https://app.example.org');
  expect(listed.headers.get('access-control-allow-credentials')).toBeNull();
  expect((await preflight('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull();
});

test('health and metrics are told', async () => {
  expect(await (await fetch(`${gateway.url}/health/live`)).json()).toEqual({ status: 'live' });
  const ready = await fetch(`${gateway.url}/health/ready`);
  expect(ready.status).toBe(200);
  expect(await ready.json()).toMatchObject({ components: { supergraph: 'ok', subgraphs: 'ok', sockets: 'ok' } });
  const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
  expect(metrics).toMatch(/graphql_operations_total\{type="query",outcome="ok",service="gateway"\} \d/);
  expect(metrics).toMatch(/gateway_upstream_duration_seconds_count\{.*subgraph="presence".*\} \d/);
});

test('a response carries no name of the software behind it', async () => {
  const { headers } = await gateway.http.execute('{ online }');
  expect(headers.get('x-powered-by')).toBeNull();
  expect(headers.get('cache-control')).toBe('no-store');
});
