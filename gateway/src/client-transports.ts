import type { ApolloServer } from '@apollo/server';
import {
  type Component,
  createHttpServer,
  type HttpRoute,
  type HttpServer,
  type Logger,
} from '@postbook/service-kit/edge';
import type { Auth } from './auth/create-auth.ts';
import type { GatewayConfig } from './config.ts';
import type { GatewayContext } from './context.ts';
import type { ErrorFormatter } from './errors/format-error.ts';
import { createClientInfoReader } from './http/client-info.ts';
import { createExplorerPage } from './http/explorer-page.ts';
import { graphqlEndpoint } from './http/graphql-endpoint.ts';
import { createOriginPolicy } from './http/origin-policy.ts';
import { createRequestBodies } from './http/request-bodies.ts';
import { createSandboxPage } from './http/sandbox-page.ts';
import { createConnectionCaps } from './limits/connection-caps.ts';
import { createLimitCheck } from './limits/limit-check.ts';
import type { OperationAdmission } from './operations/operation-admission.ts';
import type { ReportOperation } from './operations/operation-reports.ts';
import { createSocketServer } from './sockets/socket-server.ts';
import { createEventStreamEndpoint } from './sse/event-stream-endpoint.ts';
import { createEventStreams } from './sse/event-streams.ts';
import type { GatewayMetrics } from './telemetry/gateway-metrics.ts';
import { hasHeaderRules } from './upstream/header-rules.ts';

/** Path of GraphQL, over HTTP, WebSocket and server-sent events. */
const GRAPHQL_PATH = '/graphql';

/** What answers clients, whichever way they come. */
export interface TransportParts {
  readonly apollo: ApolloServer<GatewayContext>;
  readonly admission: OperationAdmission;
  readonly auth: Pick<Auth, 'authenticator' | 'guard'>;
  /** Routes beside `/graphql`, such as those for health. */
  readonly routes: readonly HttpRoute[];
  readonly format: ErrorFormatter;
  readonly report: ReportOperation;
  readonly metrics: GatewayMetrics;
  readonly log: Logger;
}

/** All ways in and out of the gateway. */
export interface ClientTransports {
  readonly http: HttpServer;
  /** In the order in which they start; they stop in the opposite one. */
  readonly components: readonly Component[];
}

/** Puts HTTP, event streams and sockets together; they share origins, caps and sessions. */
export function createClientTransports(config: GatewayConfig, parts: TransportParts): ClientTransports {
  const { auth, routes, log } = parts;
  const { connections, maxBodyBytes } = config;
  const shared = {
    ...parts,
    ...auth,
    path: GRAPHQL_PATH,
    connections,
    maxBodyBytes,
    bodyOf: createRequestBodies(maxBodyBytes),
    caps: createConnectionCaps(connections),
    origins: createOriginPolicy(config.corsOrigins, { studio: config.corsStudio }),
    clientInfo: createClientInfoReader(config.trustedProxies),
  };
  const streams = createEventStreams({
    ...parts,
    keepAliveMs: config.sockets.pingIntervalMs,
    maxBufferedBytes: config.sockets.bufferedBytes,
    maxLifeMs: connections.maxLifeMs,
  });
  const eventStreams = createEventStreamEndpoint({ ...shared, streams });
  const http = createHttpServer({
    host: config.host,
    port: config.port,
    log,
    routes: [graphqlEndpoint({ ...shared, eventStreams, exceededLimit: createLimitCheck(config.limits) }), ...routes],
    fallback: config.explorer === 'sandbox' ? createSandboxPage() : createExplorerPage(),
  });
  const sockets = createSocketServer({
    ...shared,
    server: http.server,
    limits: config.sockets,
    maxMessageBytes: maxBodyBytes,
    drainMs: config.drainMs,
    keepsHeaders: hasHeaderRules(config.upstream.headers),
  });
  return { http, components: [http, streams, sockets] };
}
