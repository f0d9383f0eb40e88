import {
  defineConfig,
  integerVariable,
  type OperationLimits,
  secretVariable,
  switchVariable,
  type TracingConfig,
  toTracingConfig,
  tracingEnvironment,
  urlVariable,
} from '@postbook/service-kit/edge';
import { z } from 'zod';
import type { PlanningConfig } from './graph/graph-generation.ts';
import { type ConnectionLimits, limitVariables, NO_LIMITS, toLimits } from './limits/limit-variables.ts';
import { type PolicyConfig, policyVariables, toPolicyConfig } from './policy/policy-config.ts';
import { type StudioConfig, studioVariables, toStudioConfig } from './telemetry/studio/studio-config.ts';
import { readSubgraphUrls } from './upstream/subgraph-urls.ts';
import { toUpstreamConfig, type UpstreamConfig, upstreamVariables } from './upstream/upstream-config.ts';

/** How sockets and event streams are kept, and when they are given up. */
export interface SocketLimits {
  /** Milliseconds a client has to send `connection_init`. */
  readonly initTimeoutMs: number;
  /** Milliseconds between pings, and between comments on event streams; a client that misses two pings in a row is gone. */
  readonly pingIntervalMs: number;
  /** Bytes that may wait to be sent to a client that reads too slowly; beyond it the socket is closed. */
  readonly bufferedBytes: number;
  /** Events that may wait while earlier ones are being joined; beyond it the subscription ends. */
  readonly queuedEvents: number;
}

/** How long running subscriptions wait for what comes back, and what is kept for those who join. */
export interface SubscriptionLimits {
  /** Milliseconds a subgraph may stay away before subscriptions to it end. */
  readonly resumePatienceMs: number;
  /** Last events of a shared topic that are kept: how many, and of how many bytes. */
  readonly ringEvents: number;
  readonly ringBytes: number;
  /** Milliseconds over which ends are spread that a new supergraph brings. */
  readonly reloadSpreadMs: number;
}

/** Who may log in and how the gateway tells subgraphs about them. */
export interface AuthConfig {
  readonly jwksUrl: string;
  readonly issuer: string;
  readonly audience: string;
  readonly identitySecret: string;
  readonly redisUrl: string;
  readonly redisNamespace: string;
}

/** Everything the gateway can be told. */
export interface GatewayConfig {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  readonly supergraphPath: string;
  /** Where subgraphs are, by name, when that differs from the supergraph's own URLs. */
  readonly subgraphUrls: Readonly<Record<string, string>>;
  /** Absent: no tokens are read and no identity is sent (`GATEWAY_AUTH=off`). */
  readonly auth: AuthConfig | undefined;
  readonly introspection: boolean;
  /** Other origins whose pages may call the gateway; the gateway's own always may. */
  readonly corsOrigins: readonly string[];
  /** Proxies in front of the gateway that each append to `x-forwarded-for`; 0 believes nobody. */
  readonly trustedProxies: number;
  /** Whether pages of Apollo's Studio may call. */
  readonly corsStudio: boolean;
  readonly maxBodyBytes: number;
  readonly limits: OperationLimits;
  readonly connections: ConnectionLimits;
  readonly sockets: SocketLimits;
  readonly policy: PolicyConfig;
  readonly subscriptions: SubscriptionLimits;
  readonly planning: PlanningConfig;
  readonly upstream: UpstreamConfig;
  /** Absent: nothing is traced. */
  readonly tracing: TracingConfig | undefined;
  /** Absent: Apollo Studio isn't used, and nobody is called for it. */
  readonly studio: StudioConfig | undefined;
  /** What is at `/`: our own GraphiQL, or Apollo Sandbox, which browsers load from Apollo. */
  readonly explorer: 'graphiql' | 'sandbox';
  /** Milliseconds that operations under way get at stop before their sockets are closed anyway. */
  readonly drainMs: number;
  readonly logLevel: string;
  readonly logFormat: 'pretty' | 'json';
  /** Lets operators read metrics and health details from elsewhere; without it only this machine may. */
  readonly operatorToken?: string | undefined;
}

const count = (max: number) => integerVariable({ min: 1, max });

const plain = {
  HOST: z.string().default('127.0.0.1'),
  PORT: integerVariable({ min: 0, max: 65_535 }).default(4000),
  SUPERGRAPH_PATH: z.string().optional(),
  SUBGRAPH_URLS: z.string().default('').transform(readSubgraphUrls),
  INTROSPECTION: switchVariable(true),
  CORS_ORIGINS: z
    .string()
    .default('')
    .transform((list) => list.split(',').flatMap((origin) => origin.trim() || []))
    .refine((origins) => origins.every((origin) => URL.parse(origin)?.origin === origin), {
      error: 'must be origins such as https://app.example.org, separated by commas',
    }),
  TRUSTED_PROXIES: integerVariable({ min: 0, max: 10 }).default(0),
  PLANNING_BUDGET_MS: count(60_000).default(250),
  PLAN_CACHE_BYTES: count(8 * 1024 ** 3).default(64 * 1024 * 1024),
  CORS_STUDIO: z
    .enum(['on', 'off'])
    .optional()
    .transform((value) => value && value === 'on'),
  GATEWAY_LIMITS: switchVariable(true),
  ...limitVariables,
  MAX_SOCKET_BUFFER_BYTES: count(1024 ** 3).default(4 * 1024 * 1024),
  MAX_QUEUED_EVENTS: count(1_000_000).default(1_000),
  RESUME_PATIENCE_MS: count(24 * 3_600_000).default(60_000),
  RELOAD_SPREAD_MS: integerVariable({ min: 0, max: 3_600_000 }).default(10_000),
  TOPIC_RING_EVENTS: count(100_000).default(200),
  TOPIC_RING_BYTES: count(64 * 1024 * 1024).default(1024 * 1024),
  SOCKET_INIT_TIMEOUT_MS: count(600_000).default(5_000),
  SOCKET_PING_INTERVAL_MS: count(600_000).default(15_000),
  ...upstreamVariables,
  ...tracingEnvironment,
  ...studioVariables,
  EXPLORER: z.enum(['graphiql', 'sandbox']).default('graphiql'),
  DRAIN_MS: integerVariable({ min: 0, max: 600_000 }).default(10_000),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  LOG_FORMAT: z.enum(['pretty', 'json']).default('json'),
  OPERATOR_TOKEN: secretVariable().optional(),
  ...policyVariables,
};

const authVariables = {
  JWKS_URL: urlVariable('http:', 'https:'),
  TOKEN_ISSUER: z.string().default('postbook-auth'),
  TOKEN_AUDIENCE: z.string().default('postbook'),
  INTERNAL_IDENTITY_SECRET: secretVariable(),
  REDIS_URL: urlVariable('redis:', 'rediss:'),
  REDIS_NAMESPACE: z
    .string()
    .regex(/^[a-z0-9_-]{1,40}$/, 'may have letters, digits, _ and -')
    .default('pb'),
};

const switchSchema = z.object({ GATEWAY_AUTH: switchVariable(true) });
const openSchema = z.object(plain).refine((env) => !env.ENTITY_CACHE || env.ENTITY_CACHE_REDIS_URL !== undefined, {
  path: ['ENTITY_CACHE_REDIS_URL'],
  error: 'is needed by ENTITY_CACHE=on where GATEWAY_AUTH=off',
});
const guardedSchema = z.object({ ...plain, ...authVariables });

const toAuth = (env: z.output<typeof guardedSchema>): AuthConfig => ({
  jwksUrl: env.JWKS_URL,
  issuer: env.TOKEN_ISSUER,
  audience: env.TOKEN_AUDIENCE,
  identitySecret: env.INTERNAL_IDENTITY_SECRET,
  redisUrl: env.REDIS_URL,
  redisNamespace: env.REDIS_NAMESPACE,
});

const limitsOf = (env: z.output<typeof openSchema>) => {
  const { maxBodyBytes, operation, connections } = env.GATEWAY_LIMITS ? toLimits(env) : NO_LIMITS;
  return { maxBodyBytes, limits: operation, connections };
};

const toConfig = (env: z.output<typeof openSchema>, auth: AuthConfig | undefined): GatewayConfig => ({
  host: env.HOST,
  port: env.PORT,
  supergraphPath: env.SUPERGRAPH_PATH ?? 'schema/supergraph.graphql',
  subgraphUrls: env.SUBGRAPH_URLS,
  auth,
  introspection: env.INTROSPECTION,
  corsOrigins: env.CORS_ORIGINS,
  trustedProxies: env.TRUSTED_PROXIES,
  corsStudio: env.CORS_STUDIO ?? env.INTROSPECTION,
  ...limitsOf(env),
  sockets: {
    initTimeoutMs: env.SOCKET_INIT_TIMEOUT_MS,
    pingIntervalMs: env.SOCKET_PING_INTERVAL_MS,
    bufferedBytes: env.MAX_SOCKET_BUFFER_BYTES,
    queuedEvents: env.MAX_QUEUED_EVENTS,
  },
  policy: toPolicyConfig(env, env.GATEWAY_LIMITS),
  subscriptions: {
    resumePatienceMs: env.RESUME_PATIENCE_MS,
    ringEvents: env.TOPIC_RING_EVENTS,
    ringBytes: env.TOPIC_RING_BYTES,
    reloadSpreadMs: env.RELOAD_SPREAD_MS,
  },
  planning: { budgetMs: env.PLANNING_BUDGET_MS, cacheBytes: env.PLAN_CACHE_BYTES },
  upstream: toUpstreamConfig(env),
  tracing: toTracingConfig(env),
  studio: toStudioConfig(env, { isFileGiven: env.SUPERGRAPH_PATH !== undefined }),
  explorer: env.EXPLORER,
  drainMs: env.DRAIN_MS,
  logLevel: env.LOG_LEVEL,
  logFormat: env.LOG_FORMAT,
  operatorToken: env.OPERATOR_TOKEN,
});

/**
 * The configuration from the environment; the variables, their meaning and defaults are in the README.
 *
 * @throws ConfigError naming every mistake at once.
 */
export function loadConfig(environment: Readonly<Record<string, string | undefined>> = process.env): GatewayConfig {
  const { GATEWAY_AUTH: isGuarded } = defineConfig(switchSchema, environment);
  if (!isGuarded) return toConfig(defineConfig(openSchema, environment), undefined);
  const env = defineConfig(guardedSchema, environment);
  return toConfig(env, toAuth(env));
}

/**
 * Apollo's gateway otherwise sends usage figures home every hour and, at start-up, asks cloud metadata addresses where
 * it runs. It reads this only from the environment, when a gateway is constructed.
 */
export function disableApolloTelemetry(): void {
  process.env.APOLLO_TELEMETRY_DISABLED = '1';
}
