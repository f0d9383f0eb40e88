import {
  type Component,
  createHttpServer,
  createLifecycle,
  createLogger,
  createMetrics,
  createOperatorAccess,
  healthRoutes,
  type Logger,
  type RunnableService,
} from '@postbook/service-kit';
import { NoSchemaIntrospectionCustomRule } from 'graphql';
import { Agent } from 'undici';
import { createApolloServer } from './apollo-server.ts';
import { createAuth } from './auth/create-auth.ts';
import type { RevocationSource } from './auth/revocation-source.ts';
import { disableApolloTelemetry, type GatewayConfig } from './config.ts';
import { createErrorFormatter, type ErrorFormatter } from './errors/format-error.ts';
import type { FederatedExecutor } from './graph/federated-executor.ts';
import { createFederatedGraph, type FederatedGraph, type GraphGeneration } from './graph/federated-graph.ts';
import { createClientInfoReader } from './http/client-info.ts';
import { createExplorerPage } from './http/explorer-page.ts';
import { graphqlEndpoint } from './http/graphql-endpoint.ts';
import { createOriginPolicy } from './http/origin-policy.ts';
import { createPolicy } from './policy/create-policy.ts';
import { createSocketOperations } from './sockets/socket-operations.ts';
import { createSocketServer } from './sockets/socket-server.ts';
import { createStockSubscriptionExecutor } from './subscriptions/stock-subscription-executor.ts';
import type { SubscriptionExecutor } from './subscriptions/subscription-executor.ts';
import { createGatewayMetrics, type GatewayMetrics } from './telemetry/gateway-metrics.ts';
import { createSubgraphSockets, type SubgraphSockets } from './upstream/subgraph-sockets.ts';
import { createSubgraphSource } from './upstream/subgraph-source.ts';
import { createSubgraphStates } from './upstream/subgraph-states.ts';

export { type GatewayConfig, loadConfig } from './config.ts';

/** What a subscription engine is built from. */
export interface SubscriptionEngineParts {
  readonly current: () => GraphGeneration;
  readonly sockets: SubgraphSockets;
  readonly format: ErrorFormatter;
  readonly metrics: GatewayMetrics;
  readonly log: Logger;
}

/** Parts that another engine, or a test, puts in place of the gateway's own. */
export interface GatewayOverrides {
  readonly log?: Logger;
  readonly revocations?: RevocationSource;
  readonly createExecutor?: (stock: FederatedExecutor, current: () => GraphGeneration) => FederatedExecutor;
  readonly createSubscriptions?: (parts: SubscriptionEngineParts) => SubscriptionExecutor;
}

/** Path of GraphQL over HTTP and over WebSocket. */
const GRAPHQL_PATH = '/graphql';
/** Connections to one subgraph at once. */
const MAX_CONNECTIONS = 256;
/** How long an idle connection to a subgraph is kept, in milliseconds; less than the subgraphs' own 75 s. */
const KEEP_ALIVE_MS = 60_000;

/** The graph and what it reaches subgraphs with. */
function createUpstream(
  config: GatewayConfig,
  parts: { log: Logger; metrics: GatewayMetrics; signer: ReturnType<typeof createAuth>['signer'] },
  createExecutor: GatewayOverrides['createExecutor'],
) {
  const dispatcher = new Agent({ connections: MAX_CONNECTIONS, keepAliveTimeout: KEEP_ALIVE_MS });
  const states = createSubgraphStates();
  const shared = { ...parts, dispatcher, states, timeoutMs: config.upstreamTimeoutMs };
  const graph = createFederatedGraph({
    supergraphPath: config.supergraphPath,
    log: parts.log,
    createSource: ({ name, url }) => createSubgraphSource({ name, url: config.subgraphUrls[name] ?? url }, shared),
    ...(createExecutor ? { createExecutor } : {}),
  });
  const sockets = createSubgraphSockets(shared);
  const connections: Component = {
    name: 'connections to subgraphs',
    start: async () => undefined,
    async stop() {
      await sockets.close();
      await dispatcher.destroy();
    },
  };
  return { graph, states, sockets, connections };
}

function createSubscriptionEngine(
  config: GatewayConfig,
  overrides: GatewayOverrides,
  parts: SubscriptionEngineParts,
): SubscriptionExecutor {
  if (overrides.createSubscriptions) return overrides.createSubscriptions(parts);
  return createStockSubscriptionExecutor({
    ...parts,
    limits: config.limits,
    maxQueuedEvents: config.sockets.queuedEvents,
    rules: config.introspection ? [] : [NoSchemaIntrospectionCustomRule],
  });
}

const apolloComponent = (apollo: ReturnType<typeof createApolloServer>, graph: FederatedGraph): Component => ({
  name: 'supergraph',
  start: () => apollo.start(),
  stop: () => apollo.stop(),
  async check() {
    graph.current();
  },
});

/**
 * Puts the gateway together. Parts start in order (revocations, supergraph, HTTP, sockets) and stop in the opposite
 * one, so that sockets are closed and requests answered while everything they need still works.
 */
export function createGatewayServer(config: GatewayConfig, overrides: GatewayOverrides = {}): RunnableService {
  disableApolloTelemetry();
  const log = overrides.log ?? createLogger({ service: 'gateway', level: config.logLevel, format: config.logFormat });
  const registry = createMetrics('gateway');
  const metrics = createGatewayMetrics(registry);
  const format = createErrorFormatter({ log, hideSchema: !config.introspection, ...config.policy.errors });
  const { authenticator, signer, guard, revocations } = createAuth(config.auth, log, overrides);
  const { graph, states, sockets, connections } = createUpstream(
    config,
    { log, metrics, signer },
    overrides.createExecutor,
  );
  const { introspection, limits } = config;
  const current = () => graph.current();
  const policy = createPolicy({ config: config.policy, auth: config.auth, graphOf: current, format, metrics, log });
  const { gatePlugin, persistedQueries } = policy;
  const apollo = createApolloServer({
    graph,
    introspection,
    limits,
    format,
    registry,
    log,
    gatePlugin,
    persistedQueries,
  });
  const origins = createOriginPolicy(config.corsOrigins);
  const clientInfo = createClientInfoReader(config.trustedProxies);

  const http = createHttpServer({
    host: config.host,
    port: config.port,
    log,
    routes: [
      graphqlEndpoint({
        path: GRAPHQL_PATH,
        apollo,
        authenticator,
        origins,
        clientInfo,
        maxBodyBytes: config.maxBodyBytes,
      }),
      ...healthRoutes(() => lifecycle, registry, createOperatorAccess(config.operatorToken)),
    ],
    fallback: createExplorerPage(),
  });
  const socketServer = createSocketServer({
    server: http.server,
    path: GRAPHQL_PATH,
    authenticator,
    guard,
    operations: createSocketOperations({
      apollo,
      subscriptions: createSubscriptionEngine(config, overrides, { current, sockets, format, metrics, log }),
      schema: () => graph.current().schema,
      limits,
      maxPerSocket: config.sockets.operations,
      format,
    }),
    origins,
    limits: config.sockets,
    maxMessageBytes: config.maxBodyBytes,
    drainMs: config.drainMs,
    clientInfo,
    format,
    metrics,
    log,
  });
  const lifecycle = createLifecycle(
    [
      ...(revocations ? [revocations] : []),
      ...policy.components,
      states,
      connections,
      apolloComponent(apollo, graph),
      http,
      socketServer,
    ],
    log,
  );

  return {
    log,
    async start() {
      await lifecycle.start();
      return { url: http.url };
    },
    async stop() {
      await lifecycle.stop();
      guard?.stop();
    },
  };
}
