import type { Logger } from '@postbook/service-kit';
import type { WebSocket as GraphQLSocket } from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { SocketLimits } from '../config.ts';
import { CLOSE, type Closing } from './close-codes.ts';

/** A client's socket as graphql-ws drives it, with what the gateway adds. */
export interface ClientSocket extends GraphQLSocket {
  closeWith(closing: Closing): void;
  /** Resolves when no message of the client is being worked on: each takes as long as the operation it started. */
  settled(): Promise<unknown>;
  /** Resolves once the socket is closed; a client that doesn't answer is cut off after a second. */
  closed(): Promise<void>;
  /** Frees timers; to be called once the socket is closed. */
  dispose(): void;
}

/** Options of {@link createClientSocket}. */
export interface ClientSocketOptions {
  readonly socket: WebSocket;
  readonly limits: SocketLimits;
  readonly log: Logger;
}

/** How long a socket may take to close, in milliseconds: a client that reads nothing never answers the close frame. */
const CLOSE_PATIENCE_MS = 1_000;

/**
 * Pings at every interval and ends a socket that gives no sign of life for two of them. One missed pong is forgiven: a
 * phone that changes from one network to another, or a page whose thread is busy, misses one easily.
 */
function keepAlive(socket: WebSocket, intervalMs: number): () => void {
  let unanswered = 0;
  const alive = () => {
    unanswered = 0;
  };
  socket.on('pong', alive);
  socket.on('message', alive);
  const timer = setInterval(() => {
    if (unanswered >= 2) return socket.terminate();
    unanswered += 1;
    if (socket.readyState === socket.OPEN) socket.ping();
  }, intervalMs);
  return () => clearInterval(timer);
}

/** Wraps a socket of `ws` for graphql-ws. */
export function createClientSocket({ socket, limits, log }: ClientSocketOptions): ClientSocket {
  const underWay = new Set<Promise<void>>();
  const stopPinging = keepAlive(socket, limits.pingIntervalMs);
  let patience: NodeJS.Timeout | undefined;

  function close(code: number | undefined, reason: string | undefined): void {
    socket.close(code, reason);
    patience ??= setTimeout(() => socket.terminate(), CLOSE_PATIENCE_MS);
  }

  function send(data: string): void {
    if (socket.readyState !== socket.OPEN) return;
    // Events are not awaited one by one, or one slow client would keep its subscriptions' events in memory for ever;
    // what waits in the socket is bounded instead.
    if (socket.bufferedAmount > limits.bufferedBytes) close(CLOSE.tryLater.code, CLOSE.tryLater.reason);
    else socket.send(data);
  }

  async function work(handle: (text: string) => Promise<void>, text: string): Promise<void> {
    try {
      await handle(text);
    } catch (error) {
      log.error({ err: error }, 'a message of a client could not be handled');
      close(CLOSE.fault.code, CLOSE.fault.reason);
    }
  }

  return {
    protocol: socket.protocol,
    send,
    close,
    closeWith: ({ code, reason }) => close(code, reason),
    onMessage(handle) {
      socket.on('message', (data) => {
        const task = work(handle, String(data)).finally(() => underWay.delete(task));
        underWay.add(task);
      });
    },
    closed: () =>
      new Promise((resolve) => {
        if (socket.readyState === socket.CLOSED) resolve();
        else socket.once('close', () => resolve());
      }),
    settled: () => Promise.allSettled([...underWay]),
    dispose() {
      stopPinging();
      clearTimeout(patience);
    },
  };
}
