import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import type { ClientInfo, Component, Logger } from '@postbook/service-kit';
import type { FormattedExecutionResult } from 'graphql';
import { type Context, handleProtocols, makeServer } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { type Authenticator, toViewer } from '../auth/authenticator.ts';
import type { SocketLimits } from '../config.ts';
import { type ErrorFormatter, formatErrors, toGraphQLError } from '../errors/format-error.ts';
import { TokenRefusedError } from '../errors/gateway-errors.ts';
import type { ClientInfoReader } from '../http/client-info.ts';
import type { OriginPolicy } from '../http/origin-policy.ts';
import type { GatewayMetrics } from '../telemetry/gateway-metrics.ts';
import { type ClientSocket, createClientSocket } from './client-socket.ts';
import { CLOSE, type Closing } from './close-codes.ts';
import type { SocketOperations, SocketPerson } from './socket-operations.ts';
import type { SessionGuard } from './socket-session.ts';

/** Options of {@link createSocketServer}. */
export interface SocketServerOptions {
  readonly server: Server;
  readonly path: string;
  readonly authenticator: Authenticator;
  /** Absent when nobody logs in. */
  readonly guard: SessionGuard | undefined;
  readonly operations: SocketOperations;
  readonly origins: OriginPolicy;
  readonly limits: SocketLimits;
  readonly maxMessageBytes: number;
  /** Milliseconds that operations under way get to finish at stop. */
  readonly drainMs: number;
  readonly clientInfo: ClientInfoReader;
  readonly format: ErrorFormatter;
  readonly metrics: GatewayMetrics;
  readonly log: Logger;
}

/** What is kept for each socket. */
interface SocketState {
  readonly client: ClientSocket;
  readonly info: ClientInfo;
  person: SocketPerson;
  unwatch: () => void;
  isClosed: boolean;
  /** Of graphql-ws; known from the first message on. */
  subscriptions: () => Readonly<Record<string, unknown>>;
}

type SocketContext = Context<Record<string, unknown>, SocketState>;

/** How a socket is closed whose `connection_init` was refused. */
function closingFor(error: unknown): Closing {
  if (!(error instanceof TokenRefusedError)) return CLOSE.tryLater;
  switch (error.reason) {
    case 'EXPIRED':
      return CLOSE.expired;
    case 'REVOKED':
      return CLOSE.revoked;
    case 'INVALID':
      return CLOSE.invalidToken;
    default:
      return error.reason satisfies never;
  }
}

const createState = (client: ClientSocket, info: ClientInfo): SocketState => ({
  client,
  info,
  person: { client: info },
  unwatch: () => undefined,
  isClosed: false,
  subscriptions: () => ({}),
});

const isStream = (value: unknown): value is AsyncIterator<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

/** Completes what runs on a socket, waits for the rest within the time given, and closes it. */
async function drain({ client, subscriptions }: SocketState, patienceMs: number): Promise<void> {
  const streams = Object.values(subscriptions()).filter(isStream);
  await Promise.all(streams.map((stream) => stream.return?.()));
  const patience = new AbortController();
  await Promise.race([
    client.settled(),
    setTimeout(patienceMs, undefined, { signal: patience.signal }).catch(() => undefined),
  ]);
  patience.abort();
  const closed = client.closed();
  client.closeWith(CLOSE.goingAway);
  await closed;
}

const STOPPING = { message: 'The gateway is stopping. Connect again.', extensions: { code: 'UNAVAILABLE' } };

const refuseUpgrade = (socket: Duplex, status: string) =>
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);

/** The protocol's hooks. */
function createProtocol(options: SocketServerOptions, isStopping: () => boolean) {
  const { authenticator, guard, operations, format, limits, log } = options;
  return makeServer<Record<string, unknown>, SocketState>({
    connectionInitWaitTimeout: limits.initTimeoutMs,
    async onConnect(context) {
      const { connectionParams, extra } = context;
      // Read when needed: graphql-ws puts another object in its place when the socket closes.
      extra.subscriptions = () => context.subscriptions;
      try {
        const authorization = connectionParams?.authorization ?? connectionParams?.Authorization;
        const claims = await authenticator.authenticate(authorization);
        if (extra.isClosed) return false;
        if (!claims) return true;
        extra.person = { client: extra.info, viewer: toViewer(claims) };
        extra.unwatch = guard?.watch(claims, (closing) => extra.client.closeWith(closing)) ?? (() => undefined);
        return true;
      } catch (error) {
        if (!(error instanceof TokenRefusedError)) log.warn({ err: error }, 'a socket could not be authenticated');
        extra.client.closeWith(closingFor(error));
        return false;
      }
    },
    onSubscribe({ extra, subscriptions }: SocketContext, _id, payload) {
      if (isStopping()) return [toGraphQLError(STOPPING)];
      return operations.prepare(payload, extra.person, Object.keys(subscriptions).length);
    },
    execute: (args) => operations.execute(args),
    subscribe: (args) => operations.subscribe(args),
    // Errors are formatted already; graphql-ws would call methods that they no longer have.
    onNext: (_context, _id, _payload, _args, result) => result as FormattedExecutionResult,
    onError: (_context, _id, _payload, errors) =>
      // What comes without an original error was formatted by us; the rest are exceptions that graphql-ws caught.
      errors.some(({ originalError }) => originalError) ? formatErrors(errors, format) : undefined,
  });
}

/**
 * The graphql-transport-ws endpoint. At stop: new sockets and operations are refused, subscriptions are completed,
 * operations under way finish, and each socket is closed with 1001.
 */
export function createSocketServer(options: SocketServerOptions): Component {
  const { server, path, origins, limits, metrics, log } = options;
  const open = new Set<SocketState>();
  let isStopping = false;
  const protocol = createProtocol(options, () => isStopping);
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: options.maxMessageBytes,
    handleProtocols,
  });

  function accept(socket: WebSocket, request: IncomingMessage): void {
    const client = createClientSocket({ socket, limits, log });
    const state = createState(client, options.clientInfo(request));
    metrics.sockets.inc();
    // A broken or oversized frame: `ws` has closed the socket with the code that fits.
    socket.on('error', (error) => log.debug({ err: error }, 'a client socket failed'));
    const closed = protocol.opened(client, state);
    open.add(state);
    socket.once('close', (code, reason) => {
      state.isClosed = true;
      state.unwatch();
      client.dispose();
      open.delete(state);
      metrics.sockets.dec();
      metrics.socketCloses.inc({ code: String(code) });
      closed(code, String(reason)).catch((error: unknown) => log.error({ err: error }, 'a socket did not end cleanly'));
    });
  }

  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', (error) => log.debug({ err: error }, 'an upgrade failed'));
    if (request.url?.split('?', 1)[0] !== path) refuseUpgrade(socket, '404 Not Found');
    else if (isStopping) refuseUpgrade(socket, '503 Service Unavailable');
    else if (!origins.isAllowed(request)) refuseUpgrade(socket, '403 Forbidden');
    else sockets.handleUpgrade(request, socket, head, accept);
  }

  return {
    name: 'sockets',
    async start() {
      server.on('upgrade', upgrade);
    },
    async stop() {
      isStopping = true;
      await Promise.all([...open].map((state) => drain(state, options.drainMs)));
      server.off('upgrade', upgrade);
      sockets.close();
    },
  };
}
