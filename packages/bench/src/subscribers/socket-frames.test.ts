import { once } from 'node:events';
import { connect } from 'node:net';
import { array, assert, integer, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { clientFrame, createFrameReader, OPCODE, serverFrame } from './socket-frames.ts';

test('frames are found again however the bytes are cut', () => {
  const payloads = array(string({ maxLength: 300 }), { maxLength: 8 });
  assert(
    property(payloads, integer({ min: 1, max: 50 }), (texts, cut) => {
      const bytes = Buffer.concat(texts.map((text) => serverFrame(Buffer.from(text))));
      const found: string[] = [];
      const reader = createFrameReader((_opcode, payload) => found.push(payload.toString()));
      for (let at = 0; at < bytes.length; at += cut) reader.read(bytes.subarray(at, at + cut));
      expect(found).toEqual(texts);
    }),
  );
});

test.each([0, 125, 126, 65_535])(
  'a real server understands a frame of %i bytes, and its answer is understood',
  async (length) => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(server, 'listening');
    server.on('connection', (socket: WebSocket) =>
      socket.on('message', (data) => socket.send(data, { binary: false })),
    );
    const { port } = server.address() as { port: number };
    const socket = connect(port, '127.0.0.1');
    socket.write(
      'GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n',
    );
    await once(socket, 'data');
    const text = 'x'.repeat(length);
    const echoed = new Promise<string>((resolve) => {
      const reader = createFrameReader((_opcode, payload) => resolve(payload.toString()));
      socket.on('data', (bytes) => reader.read(bytes));
    });
    socket.write(clientFrame(OPCODE.text, text));
    expect(await echoed).toBe(text);
    socket.destroy();
    server.close();
  },
);

test('a frame beyond 64 KiB is refused', () => {
  expect(() => clientFrame(OPCODE.text, 'x'.repeat(65_536))).toThrow(RangeError);
  expect(() => serverFrame(Buffer.alloc(65_536))).toThrow(RangeError);
});
