import type { GraphQLFormattedError } from 'graphql';
import { type RawData, WebSocket } from 'ws';

/** How a subscription to a subgraph came to its end, unless we ended it. */
export type UpstreamEnd =
  /** The stream was over by itself. */
  | { readonly kind: 'completed' }
  /** The subgraph refused it. */
  | { readonly kind: 'refused'; readonly errors: readonly GraphQLFormattedError[] }
  /** The connection broke, was closed (a graceful stop included), or could not be made. */
  | { readonly kind: 'lost'; readonly wasReached: boolean };

/** Where messages of one subscription go. Neither function may throw. */
export interface MessageSink {
  /** The payload of a `next` message, as it was sent. */
  next(payload: unknown): void;
  end(end: UpstreamEnd): void;
}

/** A connection that carries any number of subscriptions. */
export interface SubgraphSocket {
  /** Subscriptions that it carries. */
  readonly size: number;
  /** Whether the subgraph has acknowledged it. */
  readonly isOpen: boolean;
  /**
   * Starts a subscription, once the subgraph has acknowledged the connection. `payload` is asked at the moment of sending.
   *
   * @returns how to end it; the sink isn't called any more.
   */
  subscribe(payload: () => object, sink: MessageSink): () => void;
  /** Closes it; what it carries is lost. */
  close(): void;
}

/** Options of {@link openSubgraphSocket}. */
export interface SubgraphSocketOptions {
  readonly url: string;
  /** For the handshake and for the answer to a ping, in milliseconds. */
  readonly timeoutMs: number;
  /** How long it stays open with nothing to carry, in milliseconds: the next subscription is rarely far. */
  readonly idleMs: number;
  /** Between pings, in milliseconds: a subgraph that is gone without a word is noticed by them alone. */
  readonly pingMs: number;
  onOpen(): void;
  /** Called once, before the subscriptions are told. */
  onClose(close: { readonly code: number; readonly reason: string; readonly wasOpen: boolean }): void;
}

/** A subscription on its way. */
interface Carried {
  readonly payload: () => object;
  readonly sink: MessageSink;
}

interface ServerMessage {
  readonly type?: unknown;
  readonly id?: unknown;
  readonly payload?: unknown;
}

const PROTOCOL = 'graphql-transport-ws';
/** Close codes of the protocol and of WebSocket itself. */
const NORMAL = 1000;
const BAD_MESSAGE = 4400;
/** Largest message taken from a subgraph, in bytes. */
const MAX_MESSAGE_BYTES = 8 * 1024 * 1024;

const isErrorList = (value: unknown): value is readonly GraphQLFormattedError[] =>
  Array.isArray(value) && value.every((error) => typeof error?.message === 'string');

function parse(data: RawData): ServerMessage | undefined {
  try {
    const message: unknown = JSON.parse(String(data));
    return typeof message === 'object' && message !== null ? message : undefined;
  } catch {
    return undefined;
  }
}

/** Calls back when nothing was heard within the time-out of a ping. */
function watchLife(socket: WebSocket, { pingMs, timeoutMs }: SubgraphSocketOptions) {
  let deadline: NodeJS.Timeout | undefined;
  const heard = () => {
    clearTimeout(deadline);
    deadline = undefined;
  };
  const timer = setInterval(() => {
    if (socket.readyState !== WebSocket.OPEN || deadline) return;
    socket.send('{"type":"ping"}');
    deadline = setTimeout(() => socket.terminate(), timeoutMs);
  }, pingMs);
  return {
    heard,
    stop() {
      heard();
      clearInterval(timer);
    },
  };
}

/**
 * Opens a connection of the protocol graphql-transport-ws, as its client. Our own and not graphql-ws's: that one keeps a
 * promise per subscription hanging on the connection for the connection's whole life, which ten thousand short
 * subscriptions over one long connection turn into a leak, and it hides whether a subscription had reached the subgraph.
 */
export function openSubgraphSocket(options: SubgraphSocketOptions): SubgraphSocket {
  const carried = new Map<string, Carried>();
  const socket = new WebSocket(options.url.replace(/^http/, 'ws'), PROTOCOL, {
    handshakeTimeout: options.timeoutMs,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
  });
  const life = watchLife(socket, options);
  const patience = setTimeout(() => socket.terminate(), options.timeoutMs);
  let idle: NodeJS.Timeout | undefined;
  let isOpen = false;
  let lastId = 0;

  function send(id: string, { payload }: Carried): void {
    socket.send(JSON.stringify({ id, type: 'subscribe', payload: payload() }));
  }

  function forget(id: string): Carried | undefined {
    const found = carried.get(id);
    carried.delete(id);
    if (found && carried.size === 0) idle = setTimeout(() => socket.close(NORMAL, 'Idle'), options.idleMs);
    return found;
  }

  function acknowledged(): void {
    if (isOpen) return;
    isOpen = true;
    clearTimeout(patience);
    for (const [id, subscription] of carried) send(id, subscription);
    options.onOpen();
  }

  function refuse(id: string, payload: unknown): void {
    const errors = isErrorList(payload) ? payload : [{ message: 'The subscription was refused.' }];
    forget(id)?.sink.end({ kind: 'refused', errors });
  }

  function receive(data: RawData): void {
    life.heard();
    const message = parse(data);
    const id = String(message?.id);
    switch (message?.type) {
      case 'next':
        carried.get(id)?.sink.next(message.payload);
        break;
      case 'complete':
        forget(id)?.sink.end({ kind: 'completed' });
        break;
      case 'error':
        refuse(id, message.payload);
        break;
      case 'ping':
        socket.send('{"type":"pong"}');
        break;
      case 'pong':
        break;
      case 'connection_ack':
        acknowledged();
        break;
      default:
        socket.close(BAD_MESSAGE, 'Unknown message');
    }
  }

  socket.on('open', () => socket.send('{"type":"connection_init"}'));
  socket.on('message', receive);
  // Followed by `close`, which is told.
  socket.on('error', () => undefined);
  socket.on('close', (code, reason) => {
    life.stop();
    clearTimeout(patience);
    clearTimeout(idle);
    options.onClose({ code, reason: String(reason), wasOpen: isOpen });
    const lost = [...carried.values()];
    carried.clear();
    for (const { sink } of lost) sink.end({ kind: 'lost', wasReached: isOpen });
  });

  return {
    get size() {
      return carried.size;
    },
    get isOpen() {
      return isOpen;
    },
    subscribe(payload, sink) {
      clearTimeout(idle);
      lastId += 1;
      const id = String(lastId);
      const subscription = { payload, sink };
      carried.set(id, subscription);
      if (isOpen) send(id, subscription);
      return () => {
        if (forget(id) && isOpen && socket.readyState === WebSocket.OPEN) {
          socket.send(JSON.stringify({ id, type: 'complete' }));
        }
      };
    },
    close() {
      socket.close(NORMAL, 'Going away');
      // A subgraph that reads nothing never answers the close frame.
      setTimeout(() => socket.terminate(), 1_000).unref();
    },
  };
}
