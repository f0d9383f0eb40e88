import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createIdentitySigner, createIdentityVerifier, silentLogger, subscriptionBody } from '@postbook/service-kit';
import { eventually } from '@postbook/testkit';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { createGatewayMetrics } from '../src/telemetry/gateway-metrics.ts';
import type { UpstreamEnd } from '../src/upstream/subgraph-socket.ts';
import { createSubgraphSocketPool } from '../src/upstream/subgraph-socket-pool.ts';
import { createSubgraphSockets, type SubgraphSockets, type UpstreamEvent } from '../src/upstream/subgraph-sockets.ts';
import { SECRET } from './fixture/test-gateway.ts';

/** A subgraph that does nothing but what the test makes it do. */
interface RawSubgraph {
  readonly url: string;
  readonly sockets: WebSocket[];
  readonly received: { readonly id?: string; readonly type: string; readonly payload?: Record<string, unknown> }[];
  /** Whether it acknowledges connections. */
  isSilent: boolean;
  send(message: object): void;
  start(): Promise<void>;
  kill(): Promise<void>;
}

function createRawSubgraph(): RawSubgraph {
  let server: Server | undefined;
  let port = 0;
  const subgraph: RawSubgraph = {
    sockets: [],
    received: [],
    isSilent: false,
    get url() {
      return `http://127.0.0.1:${port}/graphql`;
    },
    send: (message) => subgraph.sockets.at(-1)?.send(JSON.stringify(message)),
    async start() {
      server = createServer();
      new WebSocketServer({ server }).on('connection', (socket) => {
        subgraph.sockets.push(socket);
        socket.on('message', (data) => {
          const message = JSON.parse(String(data));
          subgraph.received.push(message);
          if (message.type === 'connection_init' && !subgraph.isSilent) socket.send('{"type":"connection_ack"}');
          if (message.type === 'ping' && !subgraph.isSilent) socket.send('{"type":"pong"}');
        });
      });
      await new Promise<void>((resolve) => server?.listen(port, '127.0.0.1', resolve));
      port = (server.address() as AddressInfo).port;
    },
    async kill() {
      for (const socket of subgraph.sockets) socket.terminate();
      await new Promise((resolve) => server?.close(resolve));
    },
  };
  return subgraph;
}

let subgraph: RawSubgraph;
let sockets: SubgraphSockets;
const metrics = createGatewayMetrics(new Registry());

const createSockets = (timeoutMs: number) =>
  createSubgraphSockets({ signer: createIdentitySigner({ secret: SECRET }), timeoutMs, log: silentLogger, metrics });

beforeEach(async () => {
  subgraph = createRawSubgraph();
  await subgraph.start();
  sockets = createSockets(10_000);
});
afterEach(async () => {
  await sockets.close();
  await subgraph.kill();
});

const viewer = {
  userId: '018f3c1e-7b1a-7c3d-8e4f-0123456789ab',
  sessionId: '018f3c1e-7b1a-7c3d-8e4f-0123456789ac',
  role: 'User' as const,
  scopes: [],
};

function subscribe(isPatient = false, live?: { mode: 'topic'; topic: string; after: number }) {
  const events: UpstreamEvent[] = [];
  const ends: UpstreamEnd[] = [];
  const stop = sockets.subscribe(
    { name: 'raw', url: subgraph.url },
    { query: 'subscription { ticks }', operationName: undefined, variables: { a: 1 }, live },
    { viewer },
    { next: (event) => void events.push(event), end: (end) => void ends.push(end) },
    isPatient,
  );
  return { events, ends, stop };
}

const subscribes = () => subgraph.received.filter(({ type }) => type === 'subscribe');

test('subscriptions share one connection, each signed with its own identity and what it asks of the live protocol', async () => {
  subscribe();
  subscribe(false, { mode: 'topic', topic: 't', after: 3 });
  await eventually(() => subscribes().length === 2);
  expect(subgraph.sockets).toHaveLength(1);
  const verifier = createIdentityVerifier({ secret: SECRET, audience: 'raw' });
  for (const { payload = {} } of subscribes()) {
    const { identity } = payload.extensions as { identity: string };
    expect(verifier.verify(identity, subscriptionBody(payload)).viewer).toEqual(viewer);
    const turned = { ...payload, extensions: { live: { mode: 'topic', topic: 'another', after: 0 } } };
    expect(() => verifier.verify(identity, subscriptionBody(turned))).toThrow('signed by the gateway');
  }
});

test('events, refusals and ends reach their own subscription', async () => {
  const [one, two, three] = [subscribe(), subscribe(), subscribe()];
  await eventually(() => subscribes().length === 3);
  const [first, second, third] = subscribes().map(({ id }) => id);
  const errors = [{ message: 'no', extensions: { code: 'FORBIDDEN' } }];
  subgraph.send({ id: first, type: 'next', payload: { data: { ticks: 1 }, extensions: { live: { position: 7 } } } });
  subgraph.send({ id: second, type: 'error', payload: errors });
  subgraph.send({ id: third, type: 'complete' });
  subgraph.send({ id: 'unknown', type: 'next', payload: { data: {} } });
  await eventually(() => three.ends.length === 1);
  expect(one.events).toEqual([{ answer: { data: { ticks: 1 } }, live: { position: 7 } }]);
  expect([one.ends, two.ends, three.ends]).toEqual([[], [{ kind: 'refused', errors }], [{ kind: 'completed' }]]);
});

test('stopping tells the subgraph, and nothing reaches the listener any more', async () => {
  const { events, ends, stop } = subscribe();
  await eventually(() => subscribes().length === 1);
  stop();
  stop();
  await eventually(() => subgraph.received.some(({ type }) => type === 'complete'));
  subgraph.send({ id: subscribes()[0]?.id, type: 'next', payload: { data: {} } });
  subgraph.sockets[0]?.terminate();
  await eventually(() => subgraph.received.filter(({ type }) => type === 'complete').length === 1);
  expect([events, ends]).toEqual([[], []]);
});

test('a subgraph that can’t be reached loses the impatient at once, and the patient begin when it is there', async () => {
  await subgraph.kill();
  const impatient = subscribe();
  const patient = [subscribe(true), subscribe(true)];
  await eventually(() => impatient.ends.length === 1);
  expect(impatient.ends).toEqual([{ kind: 'lost', wasReached: false }]);
  await subgraph.start();
  await eventually(() => subscribes().length === 2);
  expect(subgraph.sockets).toHaveLength(1);
  expect(patient.map(({ ends }) => ends)).toEqual([[], []]);
});

test.each([
  ['cuts the connection', (socket: WebSocket) => socket.terminate()],
  ['stops gracefully', (socket: WebSocket) => socket.close(1001, 'Going away')],
  ['is overloaded', (socket: WebSocket) => socket.close(1013, 'Try again later')],
  ['says what isn’t of the protocol', (socket: WebSocket) => socket.send('{"type":"nonsense"}')],
  ['says what isn’t JSON', (socket: WebSocket) => socket.send('{')],
])('a subgraph that %s loses what it had', async (_what, cut) => {
  const { ends } = subscribe();
  await eventually(() => subscribes().length === 1);
  for (const socket of subgraph.sockets) cut(socket);
  await eventually(() => ends.length === 1);
  expect(ends).toEqual([{ kind: 'lost', wasReached: true }]);
});

test('a subgraph that never acknowledges is given up', async () => {
  subgraph.isSilent = true;
  sockets = createSockets(100);
  const { ends } = subscribe();
  await eventually(() => ends.length === 1);
  expect(ends).toEqual([{ kind: 'lost', wasReached: false }]);
});

test('upstreams are counted down to zero, however they end', async () => {
  const [stopped] = [subscribe(), subscribe(), subscribe(true)];
  await eventually(() => subscribes().length === 3);
  stopped?.stop();
  await subgraph.kill();
  await eventually(async () => (await metrics.upstreamSubscriptions.get()).values.every(({ value }) => value === 0));
  await subgraph.start();
});

test('a full connection gets another one beside it, up to a limit', async () => {
  const pool = createSubgraphSocketPool({
    name: 'raw',
    url: subgraph.url,
    timeoutMs: 10_000,
    log: silentLogger,
    perSocket: 2,
    maxSockets: 2,
  });
  const sink = { next: () => undefined, end: () => undefined };
  for (let n = 0; n < 7; n += 1) pool.subscribe(() => ({ query: String(n) }), sink, false);
  await eventually(() => subscribes().length === 7);
  expect(subgraph.sockets).toHaveLength(2);
  pool.close();
});
