import type { IncomingHttpHeaders } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ClientInfo, RequestTrace, Viewer } from '@postbook/service-kit/edge';
import type { WebSocket } from 'ws';
import type { AccessClaims } from '../auth/access-claims.ts';
import type { GatewayContext } from '../context.ts';
import type { EventPayload, RunningSubscription } from '../subscriptions/subscription-engine.ts';
import type { Scheduled } from './deadlines.ts';

/** An operation on a socket, from its `subscribe` message until it is over. */
export interface SocketOperation {
  readonly id: string;
  readonly connection: Connection;
  readonly trace: RequestTrace;
  /** By `performance.now()`. */
  readonly startedAt: number;
  kind: 'query' | 'mutation' | 'subscription' | 'invalid';
  name: string | undefined;
  /** Nothing may be sent for it any more. */
  isOver: boolean;
  /** Everything of a `next` frame that comes before the payload; once it runs. */
  prefix: Buffer | undefined;
  running: RunningSubscription | undefined;
  /** Gives its place among the person's subscriptions back. */
  release: (() => void) | undefined;
}

/** A result that waits for the end of the tick, and the one behind it. */
export interface PendingEvent {
  readonly operation: SocketOperation;
  readonly payload: EventPayload;
  after: PendingEvent | undefined;
}

/** A client's socket. One object without closures: ten thousand of them are kept. */
export interface Connection extends Scheduled {
  readonly socket: WebSocket;
  /** What `socket` writes to. */
  readonly stream: Duplex;
  readonly client: ClientInfo;
  /** Of the request that opened it; kept only where rules send headers on. */
  readonly headers: (() => IncomingHttpHeaders) | undefined;
  /** Milliseconds since 1970, as are all moments here. */
  readonly openedAt: number;
  /** When its life is over. */
  readonly endAt: number;
  phase: 'opened' | 'initialising' | 'ready' | 'closing';
  /** Absent while nobody logged in. */
  claims: AccessClaims | undefined;
  viewer: Viewer | undefined;
  readonly operations: Map<string, SocketOperation>;
  /** What waits to be written: a chain, as most of the time it has a single link. */
  firstPending: PendingEvent | undefined;
  lastPending: PendingEvent | undefined;
  /** Its client was found to read too slowly: it is being ended. */
  isTooSlow: boolean;
  unansweredPings: number;
  pingAt: number;
  /** When a client that doesn't answer the close frame is cut off. */
  cutAt: number;
  unwatch: (() => void) | undefined;
  releaseUser: (() => void) | undefined;
  /** Called whenever the last operation is over. */
  onIdle: (() => void) | undefined;
}

/** Options of {@link createConnection}. */
export interface NewConnection {
  readonly socket: WebSocket;
  readonly stream: Duplex;
  readonly client: ClientInfo;
  readonly headers?: (() => IncomingHttpHeaders) | undefined;
  readonly now: number;
  readonly endAt: number;
}

/** A connection that was just opened. */
export const createConnection = ({ socket, stream, client, headers, now, endAt }: NewConnection): Connection => ({
  socket,
  stream,
  client,
  headers,
  openedAt: now,
  endAt,
  tick: 0,
  phase: 'opened',
  claims: undefined,
  viewer: undefined,
  operations: new Map(),
  firstPending: undefined,
  lastPending: undefined,
  isTooSlow: false,
  unansweredPings: 0,
  pingAt: 0,
  cutAt: 0,
  unwatch: undefined,
  releaseUser: undefined,
  onIdle: undefined,
});

/** Whether it is past use; asked after every wait. */
export const isClosing = (connection: Connection): boolean => connection.phase === 'closing';

/**
 * What an operation is executed with. The viewer is read when it is needed: a fresh token that was handed in counts for
 * operations that run already.
 */
export const contextOf = (connection: Connection, trace: RequestTrace): GatewayContext => ({
  trace,
  client: connection.client,
  headers: connection.headers,
  get viewer() {
    return connection.viewer;
  },
});
