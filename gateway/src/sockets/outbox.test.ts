import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { type Connection, createConnection, type SocketOperation } from './connection.ts';
import { createOutbox, nextPrefix, type Outbox } from './outbox.ts';

// Over a real socket of `ws`, as what matters is what arrives.

let server: ReturnType<typeof createServer>;
let client: WebSocket;
let connection: Connection;
let outbox: Outbox;
const tooSlow: Connection[] = [];
const received: string[] = [];

beforeEach(async () => {
  tooSlow.length = 0;
  received.length = 0;
  outbox = createOutbox({ maxBufferedBytes: 1_000_000, onTooSlow: (slow) => tooSlow.push(slow) });
  server = createServer();
  const wss = new WebSocketServer({ server, perMessageDeflate: false });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  client.on('message', (data) => received.push(String(data)));
  const opened = once(client, 'open');
  const [socket, request] = (await once(wss, 'connection')) as [WebSocket, IncomingMessage];
  await opened;
  connection = createConnection({
    socket,
    stream: request.socket,
    client: { ip: '127.0.0.1' },
    now: 0,
    endAt: Number.POSITIVE_INFINITY,
  });
});
afterEach(() => {
  client.terminate();
  server.close();
});

const operation = (id: string) => ({ id, connection, isOver: false, prefix: nextPrefix(id) }) as SocketOperation;
const event = (value: unknown) => Buffer.from(JSON.stringify(value));
const frame = (id: string, payload: unknown) => JSON.stringify({ id, type: 'next', payload });

test('an event waits while ws itself is in the middle of sending, and comes after it', async () => {
  // Reading a Blob takes a while, in which ws puts everything else into a queue of its own.
  connection.socket.send(new Blob(['first'.repeat(1_000)]) as never, { binary: false });
  outbox.push(operation('1'), [event('second')]);
  outbox.flush(connection);
  connection.socket.send('third');
  await expect.poll(() => received).toEqual(['first'.repeat(1_000), frame('1', 'second'), 'third']);
});

test('what waits for an operation that is over is not written', async () => {
  const [kept, dropped] = [operation('kept'), operation('dropped')];
  outbox.push(dropped, [event(1)]);
  outbox.push(kept, [event(2)]);
  outbox.push(dropped, [event(3)]);
  dropped.isOver = true;
  await expect.poll(() => received).toEqual([frame('kept', 2)]);
});

test('payloads below and above the size from which they are shared come in their order', async () => {
  const payloads = [1, 16_000, 16_384, 2, 100_000, 100_001, 3].map((size) => 'x'.repeat(size));
  outbox.push(operation('1'), payloads.map(event));
  await expect.poll(() => received).toEqual(payloads.map((payload) => frame('1', payload)));
});

test('nothing is written to a socket that is closing', async () => {
  connection.socket.close(1001);
  outbox.push(operation('1'), [event(1)]);
  const [code] = await once(client, 'close');
  expect(code).toBe(1001);
  expect(received).toEqual([]);
});

test('a socket with too much waiting is told of in place of a write', async () => {
  client.pause();
  const slow = operation('1');
  while (tooSlow.length === 0) {
    outbox.push(slow, [event('x'.repeat(200_000))]);
    outbox.flush(connection);
  }
  expect(tooSlow).toEqual([connection]);
  expect(connection.socket.bufferedAmount).toBeLessThan(1_500_000);
});
