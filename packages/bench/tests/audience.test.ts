import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { type Audience, createAudience, type Seat } from '../src/subscribers/audience.ts';

const SEATS: readonly Seat[] = Array.from({ length: 3 }, (_, index) => ({
  init: '{"type":"connection_init"}',
  subscribe: JSON.stringify({ id: String(index), type: 'subscribe', payload: { query: '' } }),
  replayed: index,
}));

const event = (sentAt: number) => `{"id":"0","type":"next","payload":{"data":{"sentAt":${sentAt}}}}`;

let server: WebSocketServer;
let audience: Audience;
let sockets: WebSocket[];

/** A server that acknowledges, and replays to each what it is behind. */
beforeEach(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  sockets = [];
  audience = createAudience();
  server.on('connection', (socket) => {
    sockets.push(socket);
    socket.on('message', (data) => {
      const { id, type } = JSON.parse(String(data)) as { id?: string; type: string };
      if (type === 'connection_init') socket.send('{"type":"connection_ack"}');
      for (let replayed = 0; replayed < Number(id ?? 0); replayed += 1) socket.send(event(1 + replayed));
    });
  });
});

afterEach(() => {
  audience.close();
  server.close();
});

const open = () => audience.open((server.address() as AddressInfo).port, SEATS);
const tellAll = (text: string) => {
  for (const socket of sockets) socket.send(text);
};

describe('an audience', () => {
  it('is open when each has what was behind its cursor, and settled when each has what comes', async () => {
    await open();
    audience.expect(2);
    tellAll(event(100));
    tellAll('{"type":"ping"}');
    tellAll(event(101));
    const { elapsedMs } = await audience.settled();
    expect(elapsedMs).toBeGreaterThan(0);
    expect(audience.sample()).toBe(event(101));
  });

  it.each([
    ['an event comes twice', [event(100), event(100)], /^subscriber \d got an event too many/],
    ['an event comes after a later one', [event(100), event(99)], /^subscriber \d got an event after a later one/],
    [
      'something comes that is no event',
      ['{"id":"0","type":"next","payload":{}}'],
      /^subscriber \d got what is no event/,
    ],
    ['the operation ends', ['{"id":"0","type":"complete"}'], /^subscriber \d: the server said .*complete/],
  ])('fails when %s', async (_what, texts, reason) => {
    await open();
    audience.expect(1);
    const settled = audience.settled();
    sockets[0]?.send(texts[0] ?? '');
    if (texts[1]) sockets[0]?.send(texts[1]);
    await expect(settled).rejects.toThrow(reason);
  });

  it('fails when a socket is closed, with code and reason', async () => {
    await open();
    audience.expect(1);
    const settled = audience.settled();
    sockets[1]?.close(4403, 'Token expired');
    await expect(settled).rejects.toThrow(/^subscriber \d: closed with 4403 Token expired$/);
  });

  it('isn’t open when the server refuses the upgrade', async () => {
    server.options.verifyClient = () => false;
    await expect(open()).rejects.toThrow('not upgraded: HTTP/1.1 401 Unauthorized');
  });
});
