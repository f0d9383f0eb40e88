import { randomBytes, randomUUID } from 'node:crypto';
import { connect, type Socket } from 'node:net';

// Clients of the load test in a process of their own, without a library: they must cost less than the gateway.
// node load-clients.ts <port> <sockets>; tells its parent {type:'ready'} and, for each round, {type:'round'}.

const [port, sockets] = process.argv.slice(2).map(Number) as [number, number];
const QUERY = 'subscription { ticks }';
const MASK = [0x80, 0, 0, 0, 0] as const;

function frame(message: object): Buffer {
  const text = Buffer.from(JSON.stringify(message));
  const length = text.length < 126 ? [MASK[0] | text.length] : [MASK[0] | 126, text.length >> 8, text.length & 255];
  // A mask of zeros leaves the payload as it is.
  return Buffer.concat([Buffer.from([0x81, ...length, 0, 0, 0, 0]), text]);
}

const NEXT = Buffer.from('"type":"next"');
let received = 0;
let expected = Number.POSITIVE_INFINITY;

/** Counts events by their text; they never span two reads in a way that hides one, as the rest is carried over. */
function countEvents(data: Buffer, rest: Buffer): Buffer {
  const all = rest.length > 0 ? Buffer.concat([rest, data]) : data;
  let at = 0;
  for (;;) {
    const found = all.indexOf(NEXT, at);
    if (found < 0) break;
    received += 1;
    at = found + NEXT.length;
  }
  if (received >= expected) {
    received = 0;
    expected = Number.POSITIVE_INFINITY;
    process.send?.({ type: 'round' });
  }
  return Buffer.from(all.subarray(Math.max(at, all.length - NEXT.length + 1)));
}

const open = () =>
  new Promise<Socket>((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let rest = Buffer.alloc(0);
    let isReady = false;
    socket.on('error', reject);
    socket.on('data', (data) => {
      if (isReady) {
        rest = countEvents(data, rest) as typeof rest;
        return;
      }
      if (data.includes('101 Switching')) socket.write(frame({ type: 'connection_init' }));
      if (!data.includes('connection_ack')) return;
      isReady = true;
      socket.write(frame({ id: randomUUID(), type: 'subscribe', payload: { query: QUERY } }));
      resolve(socket);
    });
    const key = randomBytes(16).toString('base64');
    socket.write(
      `GET /graphql HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nupgrade: websocket\r\nconnection: upgrade\r\n` +
        `sec-websocket-key: ${key}\r\nsec-websocket-version: 13\r\nsec-websocket-protocol: graphql-transport-ws\r\n\r\n`,
    );
  });

for (let opened = 0; opened < sockets; opened += 100) {
  await Promise.all(Array.from({ length: Math.min(100, sockets - opened) }, open));
}
process.on('message', (count: number) => {
  expected = count;
});
process.on('disconnect', () => process.exit(0));
process.send?.({ type: 'ready' });
