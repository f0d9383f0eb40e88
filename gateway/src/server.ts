import {
  type Component,
  createHttpServer,
  createLifecycle,
  createLogger,
  createMetrics,
  createOperatorAccess,
  createTracing,
  healthRoutes,
  type Logger,
  type RunnableService,
} from '@postbook/service-kit';
import { NoSchemaIntrospectionCustomRule } from 'graphql';
import { createApolloServer } from './apollo-server.ts';
import { createAuth } from './auth/create-auth.ts';
import type { RevocationSource } from './auth/revocation-source.ts';
import { disableApolloTelemetry, type GatewayConfig } from './config.ts';
import { createErrorFormatter, type ErrorFormatter } from './errors/format-error.ts';
import type { FederatedExecutor } from './graph/federated-executor.ts';
import { createFederatedGraph, type FederatedGraph, type GraphGeneration } from './graph/federated-graph.ts';
import { openUplinkSupergraph } from './graph/uplink-supergraph.ts';
import { createClientInfoReader } from './http/client-info.ts';
import { createExplorerPage } from './http/explorer-page.ts';
import { graphqlEndpoint } from './http/graphql-endpoint.ts';
import { createOriginPolicy } from './http/origin-policy.ts';
import { createSandboxPage } from './http/sandbox-page.ts';
import { createSocketOperations } from './sockets/socket-operations.ts';
import { createSocketServer } from './sockets/socket-server.ts';
import { createStockSubscriptionExecutor } from './subscriptions/stock-subscription-executor.ts';
import type { SubscriptionExecutor } from './subscriptions/subscription-executor.ts';
import { createGatewayMetrics, type GatewayMetrics } from './telemetry/gateway-metrics.ts';
import { createFetchTraces } from './telemetry/studio/fetch-traces.ts';
import { createUpstream } from './upstream/create-upstream.ts';
import { createSubgraphSockets, type SubgraphSockets } from './upstream/subgraph-sockets.ts';
import { createSubgraphSource } from './upstream/subgraph-source.ts';
import type { SubgraphTransport } from './upstream/subgraph-transport.ts';

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
  readonly createExecutor?: (
    stock: FederatedExecutor,
    current: () => GraphGeneration,
    transport: SubgraphTransport,
  ) => FederatedExecutor;
  readonly createSubscriptions?: (parts: SubscriptionEngineParts) => SubscriptionExecutor;
}

/** Path of GraphQL over HTTP and over WebSocket. */
const GRAPHQL_PATH = '/graphql';
/** Where entities are kept, when they are; standalone gateways have no Redis unless they name one. */
function entityCacheOf({ upstream: { entityCache }, auth }: GatewayConfig) {
  const redisUrl = entityCache.redisUrl ?? auth?.redisUrl;
  if (!entityCache.isOn || redisUrl === undefined) return undefined;
  return { redisUrl, redisNamespace: auth?.redisNamespace ?? 'pb', memoryBytes: entityCache.memoryBytes };
}

/** The graph and what it reaches subgraphs with. */
function createUpstreamGraph(
  config: GatewayConfig,
  parts: { log: Logger; metrics: GatewayMetrics; signer: ReturnType<typeof createAuth>['signer'] },
  createExecutor: GatewayOverrides['createExecutor'],
) {
  const urls = new Map<string, string>();
  const { transport, unshared, states, components } = createUpstream(config.upstream, {
    ...parts,
    urlOf: (service) => urls.get(service),
    current: () => graph.current(),
    entityCache: entityCacheOf(config),
  });
  const { studio } = config;
  const traces = studio && createFetchTraces();
  const wrapped = traces?.around(transport) ?? transport;

  const graph = createFederatedGraph({
    supergraphPath: config.supergraphPath,
    openSupergraph: studio?.isUplink
      ? (onChange) => openUplinkSupergraph({ studio, log: parts.log, onChange })
      : undefined,
    log: parts.log,
    createSource(definition) {
      const url = config.subgraphUrls[definition.name] ?? definition.url;
      urls.set(definition.name, url);
      return createSubgraphSource({ name: definition.name, url }, unshared);
    },
    ...(createExecutor ? { createExecutor: (stock, current) => createExecutor(stock, current, wrapped) } : {}),
  });
  const sockets = createSubgraphSockets({ ...parts, timeoutMs: config.upstream.timeoutMs });
  const closing: Component = {
    name: 'subscriptions to subgraphs',
    start: async () => undefined,
    stop: () => sockets.close(),
  };
  return {
    graph,
    states,
    sockets,
    traces,
    transport: wrapped,
    connections: [...components, closing],
  };
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
  const tracing = config.tracing ? [createTracing('gateway', config.tracing)] : [];
  const log = overrides.log ?? createLogger({ service: 'gateway', level: config.logLevel, format: config.logFormat });
  const registry = createMetrics('gateway');
  const metrics = createGatewayMetrics(registry);
  const format = createErrorFormatter({ log, hideSchema: !config.introspection });
  const { authenticator, signer, guard, revocations } = createAuth(config.auth, log, overrides);
  const { graph, states, sockets, traces, connections } = createUpstreamGraph(
    config,
    { log, metrics, signer },
    overrides.createExecutor,
  );
  const { introspection, limits } = config;
  const apollo = createApolloServer({
    graph,
    introspection,
    limits,
    format,
    registry,
    log,
    studio: config.studio,
    traces,
  });
  const origins = createOriginPolicy(config.corsOrigins);
  const clientInfo = createClientInfoReader(config.trustedProxies);
  const current = () => graph.current();

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
    fallback: config.explorer === 'sandbox' ? createSandboxPage() : createExplorerPage(),
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
      ...tracing,
      ...(revocations ? [revocations] : []),
      states,
      ...connections,
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
