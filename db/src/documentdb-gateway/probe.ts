import net from 'node:net';
import { fromBson, toBson } from './bson-peek.ts';
import { encodeRequest, Framer } from './wire-message.ts';

const PROBE_TIMEOUT_MS = 2_000;

/** Resolves when something on this loopback port answers MongoDB's `hello`; rejects otherwise. */
export function probeGateway(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const framer = new Framer();
    const request = encodeRequest(1, toBson({ hello: 1, $db: 'admin' }));
    const socket = net.connect(port, '127.0.0.1', () => socket.write(request));
    socket.setTimeout(PROBE_TIMEOUT_MS, () => socket.destroy(new Error('no answer to hello')));
    socket.on('data', (data: Buffer) => {
      for (const reply of framer.push(data)) {
        socket.destroy();
        if (fromBson(reply.body).ok === 1) resolve();
        else reject(new Error('hello was refused'));
      }
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the connection was closed')));
  });
}
