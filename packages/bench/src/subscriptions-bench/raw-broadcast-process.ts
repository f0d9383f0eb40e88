import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { preciseNow } from '../chat-graph/room.ts';
import { personOf } from '../feed-graph/feed-data.ts';
import { serveCommands } from '../processes/commands.ts';
import { serverFrame } from '../subscribers/socket-frames.ts';
import { LIVE_TEXT } from './live-operation.ts';

/**
 * A broadcast that knows nothing: whoever connects gets each ready message. The argument says how: `send` has `ws` make a
 * frame for each socket, `write` puts one frame to all.
 */

const way = process.argv[2] ?? 'send';
const sockets = new Map<WebSocket, Duplex>();
const server = createServer();
const upgrades = new WebSocketServer({ noServer: true, perMessageDeflate: false });
let number = 0;

server.on('upgrade', (request, socket, head) => {
  upgrades.handleUpgrade(request, socket, head, (client) => {
    client.on('message', () => {
      if (sockets.has(client)) return;
      sockets.set(client, socket);
      client.send('{"type":"connection_ack"}');
    });
    client.on('close', () => sockets.delete(client));
    client.on('error', () => client.terminate());
  });
});

/** The same bytes as a gateway's event has. */
function makePayload(): Buffer {
  number += 1;
  const { id, username, displayName } = personOf(`u${number % 5}`);
  const message = { id: `m${number}`, text: LIVE_TEXT, sentAt: preciseNow(), sender: { id, username, displayName } };
  const data = { messageSent: { cursor: String(number), message } };
  const operation = '00000000-0000-4000-8000-000000000000';
  return Buffer.from(JSON.stringify({ id: operation, type: 'next', payload: { data } }));
}

const commands = {
  broadcast({ count }: { count: number }) {
    for (let sent = 0; sent < count; sent += 1) {
      const payload = makePayload();
      const frame = serverFrame(payload);
      for (const [client, socket] of sockets) {
        if (way === 'write') socket.write(frame);
        else client.send(payload, { binary: false });
      }
    }
  },
};

/** What a raw broadcast can be told. */
export type RawBroadcastCommands = typeof commands;

server.listen(0, '127.0.0.1', () =>
  serveCommands(commands, `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`),
);
