import type { ApolloServerPlugin } from '@apollo/server';
import {
  type Component,
  closeRedis,
  createRedis,
  type Logger,
  type RedisClient,
  waitForRedis,
} from '@postbook/service-kit/edge';
import type { GraphQLSchema } from 'graphql';
import type { AuthConfig } from '../config.ts';
import type { GatewayContext } from '../context.ts';
import type { ErrorFormatter } from '../errors/format-error.ts';
import type { GatewayMetrics } from '../telemetry/gateway-metrics.ts';
import { type PolicyRegistry, rolePolicies } from './access-policies.ts';
import type { Admissions } from './admissions.ts';
import { type ChargingGate, createOperationGate, type GatedGraph } from './create-operation-gate.ts';
import { type KnownOperation, NO_DOCUMENTS } from './document-manifest.ts';
import { createDocumentSource, type DocumentSource } from './document-source.ts';
import { createGatePlugin } from './gate-plugin.ts';
import { createPersistedQueries } from './persisted-queries.ts';
import type { PolicyConfig } from './policy-config.ts';
import { createRateLimiter, type RateLimiter } from './rate-limiter.ts';
import { createTrustedDocuments } from './trusted-documents.ts';

/** Options of {@link createPolicy}. */
export interface PolicyOptions {
  readonly config: PolicyConfig;
  /** Where Redis is; absent: counters and persisted queries stay in this process. */
  readonly auth: Pick<AuthConfig, 'redisUrl' | 'redisNamespace'> | undefined;
  /** The graph that a schema is of, while anything runs over it; else, and without a schema, the one in force. */
  readonly graphOf: (schema?: GraphQLSchema) => GatedGraph;
  /** Where the executor reads what was decided. */
  readonly admissions: Admissions;
  readonly format: ErrorFormatter;
  readonly metrics: GatewayMetrics;
  readonly log: Logger;
  /** Whether the executor leaves denied fields out; see {@link createOperationGate}. */
  readonly canFilter?: boolean;
  /** Evaluators of `@policy` beside the roles. */
  readonly policies?: PolicyRegistry;
}

/** What is decided before an operation is planned, and the parts it needs. */
export interface Policy {
  /** For operations that don't come by Apollo Server. */
  readonly gate: ChargingGate;
  readonly documents: DocumentSource;
  readonly gatePlugin: ApolloServerPlugin<GatewayContext>;
  /** Apollo Server's option of that name; undefined when there are none. */
  readonly persistedQueries: DocumentSource['forApollo'];
  /** The trusted documents, to plan them before they are asked for. Empty without a manifest. */
  knownOperations(): readonly KnownOperation[];
  readonly components: readonly Component[];
}

/** Nobody counts before the start. */
const NOBODY: RateLimiter = { consume: async () => [] };

/** How long the start waits for Redis, in milliseconds, before the gateway goes on without. */
const START_PATIENCE_MS = 3_000;

/** A connection that is open while the gateway runs. */
function createConnection(auth: PolicyOptions['auth'], log: Logger, onOpen: (redis: RedisClient | undefined) => void) {
  let redis: RedisClient | undefined;
  const component: Component = {
    name: 'limits and persisted queries',
    async start() {
      redis = auth && createRedis(auth.redisUrl, { name: 'gateway:policy', log });
      onOpen(redis);
      if (redis) await waitForRedis(redis, START_PATIENCE_MS);
    },
    async stop() {
      if (redis) await closeRedis(redis);
    },
  };
  return { component, current: () => redis };
}

/** Puts the parts together. */
export function createPolicy(options: PolicyOptions): Policy {
  const { config, auth, graphOf, admissions, format, metrics, log } = options;
  const namespace = auth?.redisNamespace ?? 'pb';
  const limits = config.rate;
  let rates = NOBODY;
  const connection = createConnection(auth, log, (redis) => {
    if (limits) rates = createRateLimiter({ limits, redis, namespace });
  });
  const { path } = config.trust;
  const trusted = path === undefined ? undefined : createTrustedDocuments({ path, log });
  const list = () => trusted?.current() ?? NO_DOCUMENTS;
  const persisted = createPersistedQueries({
    redis: connection.current,
    namespace,
    ttlSeconds: config.persistedQueries.ttlSeconds,
    maximum: config.persistedQueries.maximum,
    log,
  });
  const documents = createDocumentSource({ config, trusted: list, persisted, metrics, log });
  const gate = createOperationGate({
    config,
    graphOf,
    policies: { ...rolePolicies, ...options.policies },
    canFilter: options.canFilter,
    rates: { consume: (context, units) => rates.consume(context, units) },
    metrics,
    log,
  });
  return {
    gate,
    documents,
    gatePlugin: createGatePlugin({ config, gate, documents, admissions, format }),
    persistedQueries: documents.forApollo,
    knownOperations: () => list().operations,
    components: [connection.component, ...(trusted ? [trusted] : [])],
  };
}
