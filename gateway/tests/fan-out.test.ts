import { eventually } from '@postbook/testkit';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createPushRunner, type PushRunner } from './fixture/push-runner.ts';
import { openRawSocket, type RawSocket, subscribe } from './fixture/raw-socket.ts';
import { startTestGateway, type TestGateway } from './fixture/test-gateway.ts';
import { startTestGraph, type TestGraph } from './fixture/test-graph.ts';

let graph: TestGraph;
let gateway: TestGateway;
let engine: PushRunner;

beforeAll(async () => {
  graph = await startTestGraph();
});
afterAll(() => graph.stop());
beforeEach(async () => {
  engine = createPushRunner();
  gateway = await startTestGateway({
    supergraphPath: graph.supergraphPath,
    env: { MAX_SOCKET_BUFFER_BYTES: '200000' },
    overrides: { createRunner: () => engine.runner },
  });
  return () => gateway.stop();
});

const TICKS = 'subscription { ticks }';
const payload = (ticks: unknown) => Buffer.from(JSON.stringify({ data: { ticks } }));

async function listen(...ids: readonly string[]): Promise<RawSocket> {
  const raw = await openRawSocket({ url: gateway.socketUrl });
  await raw.init();
  const before = engine.listeners.size;
  for (const id of ids) raw.send(subscribe(id, TICKS));
  await eventually(() => engine.listeners.size === before + ids.length);
  return raw;
}

const next = (id: string, ticks: unknown) => ({ id, type: 'next', payload: { data: { ticks } } });

test('the events of one tick, of all subscriptions of a socket, arrive in order and in one piece', async () => {
  const raw = await listen('a', 'b');
  const pieces: number[] = [];
  // What one write carries arrives in one read, as long as it is small.
  const { _socket } = raw.socket as unknown as { _socket: NodeJS.EventEmitter };
  _socket.on('data', (data: Buffer) => pieces.push(data.length));
  engine.publish(payload(1), payload(2));
  engine.publish(payload(3));
  await eventually(() => raw.messages.length === 7);
  expect(raw.messages.slice(1)).toEqual([
    next('a', 1),
    next('a', 2),
    next('b', 1),
    next('b', 2),
    next('a', 3),
    next('b', 3),
  ]);
  expect(pieces).toHaveLength(1);
  raw.socket.terminate();
});

test('many sockets get the same events, in order, each under its own id', async () => {
  const ids = Array.from({ length: 200 }, (_, index) => `${'i'.repeat(index)}"${index}`);
  const sockets = await Promise.all(ids.map(() => openRawSocket({ url: gateway.socketUrl })));
  await Promise.all(sockets.map((raw) => raw.init()));
  for (const [index, raw] of sockets.entries()) raw.send(subscribe(ids[index] ?? '', TICKS));
  await eventually(() => engine.listeners.size === ids.length);
  const rounds = 20;
  for (let round = 0; round < rounds; round++) engine.publish(payload('x'.repeat(round * 100)));
  await eventually(() => sockets.every(({ messages }) => messages.length === rounds + 1));
  for (const [index, raw] of sockets.entries()) {
    expect(raw.messages.slice(1)).toEqual(
      Array.from({ length: rounds }, (_, round) => next(ids[index] ?? '', 'x'.repeat(round * 100))),
    );
    raw.socket.terminate();
  }
});

test('an event and other messages of a socket keep their order', async () => {
  const raw = await listen('1');
  const [listener] = engine.listeners;
  listener?.next([payload(1)]);
  listener?.end();
  await eventually(() => raw.messages.length === 3);
  expect(raw.messages.slice(1)).toEqual([next('1', 1), { id: '1', type: 'complete' }]);
  raw.socket.terminate();
});

test('an end with errors is a last event with them, and nothing comes afterwards', async () => {
  const raw = await listen('1');
  const [listener] = engine.listeners;
  const errors = [{ message: 'No longer a member.', extensions: { code: 'FORBIDDEN' } }];
  listener?.end(errors);
  listener?.next([payload('late')]);
  listener?.end();
  await raw.settled();
  expect(raw.messages.slice(1, 3)).toEqual([
    { id: '1', type: 'next', payload: { data: null, errors } },
    { id: '1', type: 'complete' },
  ]);
  expect(raw.messages.filter(({ id }) => id === '1')).toHaveLength(2);
  raw.socket.terminate();
});

test('a client that does not read is ended with SUBSCRIBER_TOO_SLOW and 1013, and others notice nothing', async () => {
  const [slow, quick] = [await listen('slow'), await listen('quick')];
  slow.socket.pause();
  let published = 0;
  await eventually(() => {
    // Large ones are shared by all sockets, small ones are copied: both must count.
    engine.publish(payload(published), payload('x'.repeat(published % 2 === 0 ? 100_000 : 1_000)));
    published += 1;
    return engine.listeners.size === 1;
  });
  slow.socket.resume();
  expect(await slow.closed).toEqual({ code: 1013, reason: 'Subscriber too slow' });
  expect(slow.messages.slice(-2)).toMatchObject([
    { id: 'slow', type: 'next', payload: { data: null, errors: [{ extensions: { code: 'SUBSCRIBER_TOO_SLOW' } }] } },
    { id: 'slow', type: 'complete' },
  ]);
  // What it got before is whole and in order.
  const received = slow.messages.slice(1, -2);
  expect(received.filter((_, index) => index % 2 === 0)).toEqual(
    Array.from({ length: Math.ceil(received.length / 2) }, (_, index) => next('slow', index)),
  );
  await eventually(() => quick.messages.length === 1 + 2 * published);
  quick.socket.terminate();
});

test('a client that never reads again is cut off, and its buffers are freed', async () => {
  const raw = await listen('1');
  raw.socket.pause();
  await eventually(() => {
    engine.publish(payload('x'.repeat(50_000)));
    return engine.listeners.size === 0;
  });
  await eventually(async () => (await gateway.metric('gateway_sockets')) === 0, { timeoutMs: 5_000 });
  raw.socket.terminate();
});
