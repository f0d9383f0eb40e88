import {
  type Component,
  createLifecycle,
  createLogger,
  createMetrics,
  createOperationMetrics,
  createOperatorAccess,
  type HttpRoute,
  healthRoutes,
  type Logger,
  type RunnableService,
} from '@postbook/service-kit/edge';
import { NoSchemaIntrospectionCustomRule } from 'graphql';
import { Agent } from 'undici';
import { createApolloServer } from './apollo-server.ts';
import { createAuth } from './auth/create-auth.ts';
import type { RevocationSource } from './auth/revocation-source.ts';
import { createClientTransports } from './client-transports.ts';
import { disableApolloTelemetry, type GatewayConfig } from './config.ts';
import { createErrorFormatter, type ErrorFormatter } from './errors/format-error.ts';
import { createFederatedGraph, type FederatedGraph } from './graph/federated-graph.ts';
import { createSourceTransport } from './graph/source-transport.ts';
import { createDocumentCache } from './operations/document-cache.ts';
import { createOperationAdmission, type OperationAdmission } from './operations/operation-admission.ts';
import { createOperationReporter } from './operations/operation-reports.ts';
import { createEngineRunner, type SubscriptionRunner } from './operations/subscription-runner.ts';
import { createSubscriptionEngine } from './subscriptions/create-subscription-engine.ts';
import { createRenewal } from './subscriptions/renewal.ts';
import { createGatewayMetrics, type GatewayMetrics } from './telemetry/gateway-metrics.ts';
import { createSubgraphSockets, type SubgraphSockets } from './upstream/subgraph-sockets.ts';
import { createSubgraphSource } from './upstream/subgraph-source.ts';
import { createSubgraphStates } from './upstream/subgraph-states.ts';
import type { SubgraphTransport } from './upstream/subgraph-transport.ts';

export { type GatewayConfig, loadConfig } from './config.ts';

/** Parts that a test puts in place of the gateway's own. */
export interface GatewayOverrides {
  readonly log?: Logger;
  readonly revocations?: RevocationSource;
  /** Carries the calls of queries and mutations. */
  readonly transport?: SubgraphTransport;
  /** Runs admitted subscriptions. */
  readonly createRunner?: () => SubscriptionRunner;
}

/** Connections to one subgraph at once. */
const MAX_CONNECTIONS = 256;
/** How long an idle connection to a subgraph is kept, in milliseconds; less than the subgraphs' own 75 s. */
const KEEP_ALIVE_MS = 60_000;

/** The graph and what it reaches subgraphs with. */
function createUpstream(
  config: GatewayConfig,
  parts: { log: Logger; metrics: GatewayMetrics; signer: ReturnType<typeof createAuth>['signer'] },
  transport: SubgraphTransport | undefined,
) {
  const dispatcher = new Agent({ connections: MAX_CONNECTIONS, keepAliveTimeout: KEEP_ALIVE_MS });
  const states = createSubgraphStates();
  const shared = { ...parts, dispatcher, states, timeoutMs: config.upstreamTimeoutMs };
  const graph: FederatedGraph = createFederatedGraph({
    supergraphPath: config.supergraphPath,
    planning: config.planning,
    transport: transport ?? createSourceTransport((service) => graph.current().sources[service]),
    log: parts.log,
    createSource: ({ name, url }) => createSubgraphSource({ name, url: config.subgraphUrls[name] ?? url }, shared),
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

/** The engine of subscriptions, which follows the graph through its reloads. */
function createSubscriptions(
  config: GatewayConfig,
  parts: {
    graph: FederatedGraph;
    sockets: SubgraphSockets;
    format: ErrorFormatter;
    metrics: GatewayMetrics;
    log: Logger;
  },
) {
  const { graph, sockets, format, metrics, log } = parts;
  const engine = createSubscriptionEngine({
    sockets,
    format,
    metrics,
    log,
    addressOf: (service) => graph.current().sources[service],
    supergraph: () => graph.current().catalog.supergraph,
    renew: createRenewal({ schema: () => graph.current().schema, catalog: () => graph.current().catalog }),
    settings: { maxQueuedEvents: config.sockets.queuedEvents, ...config.subscriptions },
  });
  graph.forApollo.onSchemaLoadOrUpdate(() => void engine.supergraphChanged());
  const component: Component = {
    name: 'subscriptions',
    start: async () => undefined,
    stop: () => engine.close(),
  };
  return { runner: createEngineRunner({ catalogOf: (schema) => graph.of(schema).catalog, engine }), component };
}

/** The way in for operations over sockets and event streams. */
const createAdmission = (
  config: GatewayConfig,
  graph: FederatedGraph,
  runner: SubscriptionRunner,
): OperationAdmission =>
  createOperationAdmission({
    schema: () => graph.current().schema,
    documents: createDocumentCache({
      limits: config.limits,
      rules: config.introspection ? [] : [NoSchemaIntrospectionCustomRule],
    }),
    runner,
  });

/** `/health` says the same as `/health/ready`. */
const withHealthAlias = (routes: readonly HttpRoute[]): HttpRoute[] =>
  routes.flatMap((route) => (route.path === '/health/ready' ? [route, { ...route, path: '/health' }] : [route]));

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
  const format = createErrorFormatter({ log, hideSchema: !config.introspection });
  const auth = createAuth(config.auth, log, overrides);
  const { graph, states, sockets, connections } = createUpstream(
    config,
    { log, metrics, signer: auth.signer },
    overrides.transport,
  );
  const subscriptions = createSubscriptions(config, { graph, sockets, format, metrics, log });
  const { introspection, limits } = config;
  const operationMetrics = createOperationMetrics(registry);
  const apollo = createApolloServer({ graph, introspection, limits, format, metrics: operationMetrics, log });
  const { http, components } = createClientTransports(config, {
    apollo,
    admission: createAdmission(config, graph, overrides.createRunner?.() ?? subscriptions.runner),
    auth,
    routes: withHealthAlias(healthRoutes(() => lifecycle, registry, createOperatorAccess(config.operatorToken))),
    format,
    report: createOperationReporter(log, operationMetrics),
    metrics,
    log,
  });
  const revocations = auth.revocations ? [auth.revocations] : [];
  const lifecycle = createLifecycle(
    [...revocations, states, connections, subscriptions.component, apolloComponent(apollo, graph), ...components],
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
      auth.guard?.stop();
    },
  };
}
