import {
  type Component,
  createLifecycle,
  createLogger,
  createMetrics,
  createOperationMetrics,
  createOperatorAccess,
  createTracing,
  type HttpRoute,
  healthRoutes,
  type Logger,
  type RunnableService,
} from '@postbook/service-kit/edge';
import { NoSchemaIntrospectionCustomRule } from 'graphql';
import { createApolloServer } from './apollo-server.ts';
import { createAuth } from './auth/create-auth.ts';
import type { RevocationSource } from './auth/revocation-source.ts';
import { createClientTransports } from './client-transports.ts';
import { disableApolloTelemetry, type GatewayConfig } from './config.ts';
import { createErrorFormatter, type ErrorFormatter } from './errors/format-error.ts';
import type { FederatedGraph } from './graph/federated-graph.ts';
import { createDocumentCache } from './operations/document-cache.ts';
import { createOperationAdmission, type OperationAdmission } from './operations/operation-admission.ts';
import { createOperationReporter } from './operations/operation-reports.ts';
import { createEngineRunner, type SubscriptionRunner } from './operations/subscription-runner.ts';
import { createAdmissions } from './policy/admissions.ts';
import type { ChargingGate } from './policy/create-operation-gate.ts';
import { createPolicy, type Policy } from './policy/create-policy.ts';
import { createSubscriptionEngine } from './subscriptions/create-subscription-engine.ts';
import { createRenewal } from './subscriptions/renewal.ts';
import type { SubscriptionToStart } from './subscriptions/subscription-engine.ts';
import { createGatewayMetrics, type GatewayMetrics } from './telemetry/gateway-metrics.ts';
import type { SubgraphSockets } from './upstream/subgraph-sockets.ts';
import type { SubgraphTransport } from './upstream/subgraph-transport.ts';
import { createUpstreamGraph } from './upstream-graph.ts';

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

/** What subscriptions are run with. */
interface SubscriptionParts {
  readonly graph: FederatedGraph;
  readonly gate: ChargingGate;
  readonly sockets: SubgraphSockets;
  readonly format: ErrorFormatter;
  readonly metrics: GatewayMetrics;
  readonly log: Logger;
}

/** Whether a running subscription may go on over the graph in force, and without which fields. */
async function readmit(gate: ChargingGate, { document, ...subscription }: SubscriptionToStart) {
  if (!document) throw new Error('a subscription without its document');
  const { refusals, denied, deniedKey } = await gate.readmit({ ...subscription, document });
  return { isAllowed: refusals.length === 0, denied, deniedKey };
}

/** The engine of subscriptions, which follows the graph through its reloads. */
function createSubscriptions(config: GatewayConfig, { graph, gate, ...parts }: SubscriptionParts) {
  const engine = createSubscriptionEngine({
    ...parts,
    addressOf: (service) => graph.addressOf(service),
    supergraph: () => graph.current().catalog.supergraph,
    renew: createRenewal({
      schema: () => graph.current().schema,
      catalog: () => graph.current().catalog,
      readmit: (subscription) => readmit(gate, subscription),
    }),
    settings: { maxQueuedEvents: config.sockets.queuedEvents, ...config.subscriptions },
  });
  graph.forApollo.onSchemaLoadOrUpdate(() => void engine.supergraphChanged());
  const component: Component = { name: 'subscriptions', start: async () => undefined, stop: () => engine.close() };
  return { runner: createEngineRunner({ catalogOf: (schema) => graph.of(schema).catalog, engine }), component };
}

/** The way in for operations over sockets and event streams. */
const createAdmission = (
  config: GatewayConfig,
  graph: FederatedGraph,
  { gate, documents }: Policy,
  runner: SubscriptionRunner,
): OperationAdmission =>
  createOperationAdmission({
    schema: () => graph.current().schema,
    documents: createDocumentCache({
      limits: config.limits,
      rules: config.introspection ? [] : [NoSchemaIntrospectionCustomRule],
    }),
    runner,
    gate,
    textOf: (request) => documents.textOf(request),
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
 * Puts the gateway together. Parts start in order (tracing, revocations, ways to subgraphs, supergraph, transports) and
 * stop in the opposite one, so that sockets are closed and requests answered while everything they need still works.
 */
export function createGatewayServer(config: GatewayConfig, overrides: GatewayOverrides = {}): RunnableService {
  disableApolloTelemetry();
  const log = overrides.log ?? createLogger({ service: 'gateway', level: config.logLevel, format: config.logFormat });
  // Before anything that it is to trace is made.
  const tracing = config.tracing ? [createTracing('gateway', config.tracing)] : [];
  const registry = createMetrics('gateway');
  const metrics = createGatewayMetrics(registry);
  const format = createErrorFormatter({ log, hideSchema: !config.introspection, ...config.policy.errors });
  const auth = createAuth(config.auth, log, overrides);
  const { transport } = overrides;
  const admissions = createAdmissions();
  const upstream = createUpstreamGraph(config, {
    log,
    metrics,
    signer: auth.signer,
    admissions,
    knownOperations: () => policy.knownOperations(),
    transport,
  });
  const { graph, sockets, traces } = upstream;
  const policy = createPolicy({
    config: config.policy,
    auth: config.auth,
    graphOf: (schema) => (schema ? graph.of(schema) : graph.current()),
    admissions,
    canFilter: true,
    format,
    metrics,
    log,
  });
  const subscriptions = createSubscriptions(config, { graph, gate: policy.gate, sockets, format, metrics, log });
  const { introspection, limits, studio } = config;
  const operationMetrics = createOperationMetrics(registry);
  const apollo = createApolloServer({
    graph,
    introspection,
    limits,
    format,
    metrics: operationMetrics,
    log,
    studio,
    traces,
    gatePlugin: policy.gatePlugin,
    persistedQueries: policy.persistedQueries,
  });
  const { http, components } = createClientTransports(config, {
    apollo,
    admission: createAdmission(config, graph, policy, overrides.createRunner?.() ?? subscriptions.runner),
    auth,
    routes: withHealthAlias(healthRoutes(() => lifecycle, registry, createOperatorAccess(config.operatorToken))),
    format,
    report: createOperationReporter(log, operationMetrics),
    metrics,
    log,
  });
  const lifecycle = createLifecycle(
    [
      ...tracing,
      ...(auth.revocations ? [auth.revocations] : []),
      ...upstream.components,
      ...policy.components,
      subscriptions.component,
      apolloComponent(apollo, graph),
      ...components,
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
      auth.guard?.stop();
    },
  };
}
