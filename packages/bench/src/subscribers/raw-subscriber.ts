import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { clientFrame, createFrameReader, OPCODE } from './socket-frames.ts';

/** How one subscriber connects and what it asks for. */
export interface SubscriberOptions {
  readonly port: number;
  /** A loopback address of its own spreads thousands of sockets over more than one client address. */
  readonly localAddress: string;
  /** JSON of `connection_init`. */
  readonly init: string;
  /** JSON of `subscribe`. */
  readonly subscribe: string;
  /** Called with the payload of each `next`; a view that must not be kept. */
  readonly onNext: (payload: Buffer) => void;
  /** Called once when the socket, or what was subscribed to, ends without being told to. */
  readonly onEnd: (why: string) => void;
}

/** A subscriber that costs its process as little as can be: it parses frames, and no JSON. */
export interface RawSubscriber {
  /** Resolves when the server acknowledged the connection and the subscription is on its way. */
  readonly connected: Promise<void>;
  /** Sends another message of the protocol, as JSON. */
  send(message: string): void;
  /** Cuts the connection. */
  close(): void;
}

const HEADERS_END = '\r\n\r\n';
const STATUS_LINE = Buffer.from('HTTP/1.1 101');
const NEXT = Buffer.from('"type":"next"');
const PING = Buffer.from('"type":"ping"');
const ACKNOWLEDGED = Buffer.from('"type":"connection_ack"');
const LONGEST_REASON = 300;

const upgradeRequest = (port: number) =>
  [
    'GET /graphql HTTP/1.1',
    `Host: 127.0.0.1:${port}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Protocol: graphql-transport-ws',
    HEADERS_END.slice(2),
  ].join('\r\n');

/** Reads up to the end of the upgrade's headers; the bytes behind them, or undefined while they are incomplete. */
function afterUpgrade(bytes: Buffer): Buffer | undefined {
  const end = bytes.indexOf(HEADERS_END);
  return end < 0 ? undefined : bytes.subarray(end + HEADERS_END.length);
}

/** Connects and subscribes. */
export function createRawSubscriber(options: SubscriberOptions): RawSubscriber {
  const { port, localAddress, onNext } = options;
  const socket: Socket = connect({ port, host: '127.0.0.1', localAddress });
  const connected = Promise.withResolvers<void>();
  connected.promise.catch(() => undefined);
  let head: Buffer | undefined = Buffer.alloc(0);
  let isOver = false;

  function end(why: string): void {
    if (isOver) return;
    isOver = true;
    connected.reject(new Error(why));
    socket.destroy();
    options.onEnd(why);
  }

  function onMessage(payload: Buffer): void {
    if (payload.includes(NEXT)) onNext(payload);
    else if (payload.includes(ACKNOWLEDGED)) {
      socket.write(clientFrame(OPCODE.text, options.subscribe));
      connected.resolve();
    } else if (payload.includes(PING)) socket.write(clientFrame(OPCODE.text, '{"type":"pong"}'));
    else end(`the server said ${payload.toString().slice(0, LONGEST_REASON)}`);
  }

  const reader = createFrameReader((opcode, payload) => {
    if (opcode === OPCODE.text) onMessage(payload);
    else if (opcode === OPCODE.ping) socket.write(clientFrame(OPCODE.pong, payload));
    else if (opcode === OPCODE.close) {
      const code = payload.length >= 2 ? payload.readUInt16BE(0) : 0;
      end(`closed with ${code} ${payload.subarray(2).toString()}`);
    }
  });

  function onUpgrade(bytes: Buffer): void {
    const all = Buffer.concat([head ?? Buffer.alloc(0), bytes]);
    const rest = afterUpgrade(all);
    head = rest ? undefined : all;
    if (!rest) return;
    if (!all.subarray(0, STATUS_LINE.length).equals(STATUS_LINE)) {
      end(`not upgraded: ${all.toString().slice(0, LONGEST_REASON)}`);
      return;
    }
    socket.write(clientFrame(OPCODE.text, options.init));
    if (rest.length > 0) reader.read(rest);
  }

  socket.setNoDelay(true);
  socket.on('data', (bytes) => (head ? onUpgrade(bytes) : reader.read(bytes)));
  socket.on('error', (error) => end(error.message));
  socket.on('close', () => end('the connection was cut'));
  socket.write(upgradeRequest(port));
  return {
    connected: connected.promise,
    send: (message) => void socket.write(clientFrame(OPCODE.text, message)),
    close() {
      isOver = true;
      socket.destroy();
    },
  };
}
