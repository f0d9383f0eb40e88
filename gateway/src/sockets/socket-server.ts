import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import type { ApolloServer } from '@apollo/server';
import type { Component, Logger } from '@postbook/service-kit/edge';
import { GRAPHQL_TRANSPORT_WS_PROTOCOL, handleProtocols } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Authenticator } from '../auth/authenticator.ts';
import type { SocketLimits } from '../config.ts';
import type { GatewayContext } from '../context.ts';
import type { ErrorFormatter } from '../errors/format-error.ts';
import { SubscriberTooSlowError } from '../errors/gateway-errors.ts';
import type { ClientInfoReader } from '../http/client-info.ts';
import type { OriginPolicy } from '../http/origin-policy.ts';
import type { ConnectionCaps } from '../limits/connection-caps.ts';
import type { ConnectionLimits } from '../limits/limit-variables.ts';
import type { OperationAdmission } from '../operations/operation-admission.ts';
import type { ReportOperation } from '../operations/operation-reports.ts';
import type { GatewayMetrics } from '../telemetry/gateway-metrics.ts';
import { CLOSE } from './close-codes.ts';
import type { Connection } from './connection.ts';
import { createOutbox } from './outbox.ts';
import { createSocketCare } from './socket-care.ts';
import { createSocketIdentity } from './socket-identity.ts';
import { createSocketOperations } from './socket-operations.ts';
import { createSocketProtocol } from './socket-protocol.ts';
import type { SessionGuard } from './socket-session.ts';

/** Options of {@link createSocketServer}. */
export interface SocketServerOptions {
  readonly server: Server;
  readonly path: string;
  readonly apollo: ApolloServer<GatewayContext>;
  readonly admission: OperationAdmission;
  readonly authenticator: Authenticator;
  /** Absent when nobody logs in. */
  readonly guard: SessionGuard | undefined;
  readonly origins: OriginPolicy;
  readonly limits: SocketLimits;
  readonly connections: ConnectionLimits;
  readonly caps: ConnectionCaps;
  readonly maxMessageBytes: number;
  /** Milliseconds that operations under way get to finish at stop. */
  readonly drainMs: number;
  readonly clientInfo: ClientInfoReader;
  readonly format: ErrorFormatter;
  readonly report: ReportOperation;
  /** Whether rules send headers of clients on, so that those of a socket's request are kept while it is open. */
  readonly keepsHeaders: boolean;
  readonly metrics: GatewayMetrics;
  readonly log: Logger;
}

const refuseUpgrade = (socket: Duplex, status: string) =>
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);

/** Puts the parts that drive sockets together. */
function createSocketParts(options: SocketServerOptions, isStopping: () => boolean) {
  const { limits, connections, caps, log } = options;
  const care = createSocketCare({
    limits,
    maxLifeMs: connections.maxLifeMs,
    onClosing: (connection, { code }) => operations.abandon(connection, `CLOSED_${code}`),
  });
  const { close } = care;

  /** Small messages that say why, if the socket takes them, and an end: what had waited is dropped. */
  function endTooSlow(connection: Connection): void {
    if (connection.isTooSlow) return;
    connection.isTooSlow = true;
    connection.firstPending = undefined;
    connection.lastPending = undefined;
    operations.failAll(connection, new SubscriberTooSlowError());
    close(connection, CLOSE.tooSlow);
  }

  const outbox = createOutbox({ maxBufferedBytes: limits.bufferedBytes, onTooSlow: endTooSlow });

  function send(connection: Connection, text: string): void {
    outbox.flush(connection);
    const { socket, isTooSlow } = connection;
    if (socket.readyState !== socket.OPEN) return;
    if (!isTooSlow && socket.bufferedAmount > limits.bufferedBytes) endTooSlow(connection);
    else socket.send(text);
  }

  const operations = createSocketOperations({
    ...options,
    maxPerSocket: connections.operations,
    outbox,
    send,
    isStopping,
  });
  const identity = createSocketIdentity({ ...options, caps, close });
  return { care, operations, protocol: createSocketProtocol({ operations, identity, send, close, log }) };
}

type SocketParts = ReturnType<typeof createSocketParts>;

const closed = ({ socket }: Connection) =>
  new Promise<void>((resolve) => {
    if (socket.readyState === socket.CLOSED) resolve();
    else socket.once('close', () => resolve());
  });

/** Completes what runs on a socket, waits for the rest within the time given, and closes it. */
async function drain(connection: Connection, { operations, care }: SocketParts, patienceMs: number): Promise<void> {
  operations.complete(connection);
  const patience = new AbortController();
  const idle = new Promise<void>((resolve) => {
    connection.onIdle = resolve;
    if (connection.operations.size === 0) resolve();
  });
  await Promise.race([idle, setTimeout(patienceMs, undefined, { signal: patience.signal }).catch(() => undefined)]);
  patience.abort();
  care.close(connection, CLOSE.goingAway);
  await closed(connection);
}

/** Why an upgrade is refused, as a status line; undefined when it isn't. */
function refusalOf(request: IncomingMessage, options: SocketServerOptions, isStopping: boolean): string | undefined {
  if (request.url?.split('?', 1)[0] !== options.path) return '404 Not Found';
  if (isStopping) return '503 Service Unavailable';
  if (!options.origins.isAllowed(request)) return '403 Forbidden';
  return options.caps.isAddressFull(options.clientInfo(request).ip) ? '429 Too Many Requests' : undefined;
}

/**
 * The graphql-transport-ws endpoint. At stop: new sockets and operations are refused, subscriptions are completed,
 * operations under way finish, and each socket is closed with 1001.
 */
export function createSocketServer(options: SocketServerOptions): Component {
  const { server, caps, metrics, log } = options;
  const open = new Set<Connection>();
  let isStopping = false;
  const parts = createSocketParts(options, () => isStopping);
  const { care, operations, protocol } = parts;
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    // Frames are written past `ws`, which must have no state of its own while it isn't sending.
    perMessageDeflate: false,
    maxPayload: Number.isFinite(options.maxMessageBytes) ? options.maxMessageBytes : 0,
    handleProtocols,
  });
  const logFailure = (error: Error) => log.debug({ err: error }, 'a client socket failed');

  function watch(connection: Connection): void {
    const { socket, client } = connection;
    const releaseAddress = caps.addConnection(client.ip);
    metrics.sockets.inc();
    open.add(connection);
    // A broken or oversized frame: `ws` has closed the socket with the code that fits.
    socket.on('error', logFailure);
    socket.on('pong', () => care.alive(connection));
    socket.on('message', (data, isBinary) => {
      care.alive(connection);
      protocol.receive(connection, data, isBinary);
    });
    socket.on('close', (code) => {
      connection.phase = 'closing';
      operations.abandon(connection, `CLOSED_${code}`);
      care.forget(connection);
      connection.unwatch?.();
      connection.releaseUser?.();
      releaseAddress();
      open.delete(connection);
      metrics.sockets.dec();
      metrics.socketCloses.inc({ code: String(code) });
    });
  }

  function accept(socket: WebSocket, stream: Duplex, request: IncomingMessage): void {
    const { headers } = request;
    const kept = options.keepsHeaders ? () => headers : undefined;
    const connection = care.open(socket, stream, options.clientInfo(request), kept);
    watch(connection);
    if (socket.protocol !== GRAPHQL_TRANSPORT_WS_PROTOCOL) care.close(connection, CLOSE.otherProtocol);
  }

  function upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    stream.on('error', logFailure);
    const refusal = refusalOf(request, options, isStopping);
    if (refusal !== undefined) return void refuseUpgrade(stream, refusal);
    sockets.handleUpgrade(request, stream, head, (socket) => accept(socket, stream, request));
  }

  return {
    name: 'sockets',
    async start() {
      server.on('upgrade', upgrade);
    },
    async stop() {
      isStopping = true;
      await Promise.all([...open].map((connection) => drain(connection, parts, options.drainMs)));
      server.off('upgrade', upgrade);
      sockets.close();
    },
  };
}
