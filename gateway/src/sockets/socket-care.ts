import type { IncomingHttpHeaders } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ClientInfo } from '@postbook/service-kit/edge';
import type { WebSocket } from 'ws';
import type { SocketLimits } from '../config.ts';
import { CLOSE, type Closing } from './close-codes.ts';
import { type Connection, createConnection, isClosing } from './connection.ts';
import { createDeadlines } from './deadlines.ts';

/** Opens, pings and closes sockets: all that happens to them in time. */
export interface SocketCare {
  open(socket: WebSocket, stream: Duplex, client: ClientInfo, headers?: () => IncomingHttpHeaders): Connection;
  /** The client gave a sign of life. */
  alive(connection: Connection): void;
  /** Begins to close; a client that doesn't answer is cut off after a second. */
  close(connection: Connection, closing: Closing, reason?: string): void;
  /** Forgets a socket that is closed. */
  forget(connection: Connection): void;
}

/** Options of {@link createSocketCare}. */
export interface SocketCareOptions {
  readonly limits: SocketLimits;
  /** Milliseconds that a socket may live. */
  readonly maxLifeMs: number;
  /** Called once, when a socket begins to close. */
  readonly onClosing: (connection: Connection, closing: Closing) => void;
}

/** How long a socket may take to close, in milliseconds: a client that reads nothing never answers the close frame. */
const CLOSE_PATIENCE_MS = 1_000;
/** By how much lives differ, so that sockets that came together (after a restart) don't leave together. */
const LIFE_JITTER = 0.1;
/** Longest reason that fits a close frame, in bytes. */
const LONGEST_REASON = 123;

/** A life of about so many milliseconds. */
export const spreadLife = (maxLifeMs: number): number => maxLifeMs * (1 + LIFE_JITTER * (2 * Math.random() - 1));

/** Makes the care; sockets share one timer. */
export function createSocketCare({ limits, maxLifeMs, onClosing }: SocketCareOptions): SocketCare {
  const { pingIntervalMs, initTimeoutMs } = limits;
  const deadlines = createDeadlines<Connection>({ onDue: lookAfter });

  function schedule(connection: Connection): void {
    const { phase, openedAt, endAt, pingAt, cutAt } = connection;
    if (phase === 'closing') deadlines.set(connection, cutAt);
    else deadlines.set(connection, Math.min(endAt, pingAt, phase === 'opened' ? openedAt + initTimeoutMs : pingAt));
  }

  function close(connection: Connection, closing: Closing, reason: string = closing.reason): void {
    if (isClosing(connection)) return;
    connection.phase = 'closing';
    connection.cutAt = Date.now() + CLOSE_PATIENCE_MS;
    onClosing(connection, closing);
    connection.socket.close(closing.code, Buffer.byteLength(reason) > LONGEST_REASON ? closing.reason : reason);
    schedule(connection);
  }

  /**
   * A socket that gives no sign of life for two pings is ended. One missed pong is forgiven: a phone that changes from one
   * network to another, or a page whose thread is busy, misses one easily.
   */
  function ping(connection: Connection, now: number): void {
    const { socket } = connection;
    if (connection.unansweredPings >= 2) {
      socket.terminate();
      return;
    }
    connection.unansweredPings += 1;
    connection.pingAt = now + pingIntervalMs;
    if (socket.readyState === socket.OPEN) socket.ping();
  }

  function lookAfter(connection: Connection, now: number): void {
    const { phase, socket, openedAt, endAt, pingAt } = connection;
    if (phase === 'closing') socket.terminate();
    else if (phase === 'opened' && now >= openedAt + initTimeoutMs) close(connection, CLOSE.initTimeout);
    else if (now >= endAt) close(connection, CLOSE.expiredLife);
    else {
      if (now >= pingAt) ping(connection, now);
      schedule(connection);
    }
  }

  return {
    open(socket, stream, client, headers) {
      const now = Date.now();
      const connection = createConnection({ socket, stream, client, headers, now, endAt: now + spreadLife(maxLifeMs) });
      connection.pingAt = now + pingIntervalMs;
      schedule(connection);
      return connection;
    },
    alive(connection) {
      connection.unansweredPings = 0;
    },
    close,
    forget: (connection) => deadlines.clear(connection),
  };
}
