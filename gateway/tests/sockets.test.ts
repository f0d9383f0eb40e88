import { once } from 'node:events';
import { eventually } from '@postbook/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { startTestGateway, type TestGateway } from './fixture/test-gateway.ts';
import { startTestGraph, type TestGraph } from './fixture/test-graph.ts';

let graph: TestGraph;
let gateway: TestGateway;

beforeAll(async () => {
  graph = await startTestGraph();
  gateway = await startTestGateway({
    supergraphPath: graph.supergraphPath,
    env: {
      MAX_SOCKET_OPERATIONS: '2',
      MAX_SOCKET_BUFFER_BYTES: '100000',
      MAX_BODY_BYTES: '2000',
      SOCKET_INIT_TIMEOUT_MS: '200',
      SOCKET_PING_INTERVAL_MS: '100',
      CORS_ORIGINS: 'https://app.example.org',
    },
  });
});
afterAll(async () => {
  await gateway.stop();
  await graph.stop();
});

const TICKS = 'subscription { ticks }';
const ADDED = 'subscription ($c: ID!) { messageAdded(conversationId: $c) { text } }';

/** A socket without a library, to do what libraries don't. */
async function openRaw(options: { origin?: string; autoPong?: boolean } = {}): Promise<WebSocket> {
  const socket = new WebSocket(gateway.socketUrl, 'graphql-transport-ws', options);
  await once(socket, 'open');
  return socket;
}

const codeOf = async (socket: WebSocket): Promise<number> => (await once(socket, 'close'))[0];

test('a socket that says nothing is closed with 4408', async () => {
  expect(await codeOf(await openRaw())).toBe(4408);
});

test('an operation before connection_init closes the socket with 4401', async () => {
  const socket = await openRaw();
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: TICKS } }));
  expect(await codeOf(socket)).toBe(4401);
});

test('a message that is no JSON closes the socket with 4400', async () => {
  const socket = await openRaw();
  socket.send('{');
  expect(await codeOf(socket)).toBe(4400);
});

test('a second connection_init closes the socket with 4429', async () => {
  const socket = await openRaw();
  socket.send('{"type":"connection_init"}');
  socket.send('{"type":"connection_init"}');
  expect(await codeOf(socket)).toBe(4429);
});

test('an id that is in use closes the socket with 4409', async () => {
  const socket = await openRaw();
  socket.send('{"type":"connection_init"}');
  await once(socket, 'message');
  const subscribe = JSON.stringify({ id: '1', type: 'subscribe', payload: { query: TICKS } });
  socket.send(subscribe);
  socket.send(subscribe);
  expect(await codeOf(socket)).toBe(4409);
});

test('a message larger than a request body may be closes the socket with 1009', async () => {
  const socket = await openRaw();
  socket.send(' '.repeat(3_000));
  expect(await codeOf(socket)).toBe(1009);
});

test('another protocol is refused', async () => {
  const socket = new WebSocket(gateway.socketUrl, 'graphql-ws');
  const [error] = await once(socket, 'error');
  expect(String(error)).toMatch(/subprotocol/i);
});

test('more operations than a socket may have are refused one by one, and the others go on', async () => {
  const socket = gateway.connect();
  const before = graph.topic.opened;
  const first = socket.subscribe(ADDED, { c: 'first' });
  socket.subscribe(TICKS);
  await eventually(() => graph.topic.opened === before + 2);
  await expect(socket.subscribe(TICKS).done).rejects.toMatchObject([
    { extensions: { code: 'OPERATION_LIMIT_EXCEEDED', limit: 'operations per socket', maximum: 2, actual: 3 } },
  ]);
  graph.publish('first', 'on');
  expect((await first.next()).data).toEqual({ messageAdded: { text: 'on' } });
  await socket.close();
});

test('a client that answers no ping twice is cut off', async () => {
  const socket = await openRaw({ autoPong: false });
  socket.send('{"type":"connection_init"}');
  expect(await codeOf(socket)).toBe(1006);
});

test('a client that misses a single pong stays', async () => {
  const socket = await openRaw({ autoPong: false });
  socket.send('{"type":"connection_init"}');
  for (let pings = 0; pings < 6; pings++) {
    await once(socket, 'ping');
    if (pings % 2 === 1) socket.pong();
  }
  expect(socket.readyState).toBe(WebSocket.OPEN);
  socket.terminate();
});

test('a client that does not read is closed with 1013 before it fills the memory', async () => {
  const socket = await openRaw();
  socket.send('{"type":"connection_init"}');
  await once(socket, 'message');
  const before = graph.topic.opened;
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: ADDED, variables: { c: 'big' } } }));
  await eventually(() => graph.topic.opened > before);
  const { closed } = graph.topic;
  socket.pause();
  const text = 'x'.repeat(100_000);
  await eventually(() => {
    graph.publish('big', text);
    return graph.topic.closed > closed;
  });
  socket.terminate();
  await eventually(async () => (await gateway.metric('gateway_subscriptions')) === 0);
});

test("a page of another site can't open a socket, the gateway's own and a listed one can", async () => {
  const foreign = new WebSocket(gateway.socketUrl, 'graphql-transport-ws', { origin: 'https://evil.example' });
  expect(String((await once(foreign, 'error'))[0])).toContain('403');
  for (const origin of ['https://app.example.org', gateway.url]) {
    const socket = await openRaw({ origin });
    socket.terminate();
  }
});

test('sockets and subscriptions are counted', async () => {
  const socket = gateway.connect();
  const before = await gateway.metric('gateway_events_delivered_total');
  const subscription = socket.subscribe(ADDED, { c: 'count' });
  await eventually(async () => (await gateway.metric('gateway_subscriptions')) === 1);
  graph.publish('count', 'one');
  await subscription.next();
  expect(await gateway.metric('gateway_events_delivered_total')).toBe(before + 1);
  expect(await gateway.metric('gateway_sockets')).toBeGreaterThanOrEqual(1);
  await socket.close();
});
