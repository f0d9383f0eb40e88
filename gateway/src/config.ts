import {
  DEFAULT_OPERATION_LIMITS,
  defineConfig,
  integerVariable,
  type OperationLimits,
  secretVariable,
  switchVariable,
  urlVariable,
} from '@postbook/service-kit';
import { z } from 'zod';
import { type PolicyConfig, policyVariables, toPolicyConfig } from './policy/policy-config.ts';
import { readSubgraphUrls } from './upstream/subgraph-urls.ts';

/** What one socket may cost. */
export interface SocketLimits {
  /** Operations under way at once on one socket. */
  readonly operations: number;
  /** Milliseconds a client has to send `connection_init`. */
  readonly initTimeoutMs: number;
  /** Milliseconds between pings; a client that misses two in a row is gone. */
  readonly pingIntervalMs: number;
  /** Bytes that may wait to be sent to a client that reads too slowly; beyond it the socket is closed. */
  readonly bufferedBytes: number;
  /** Events that may wait while earlier ones are being joined; beyond it the subscription ends. */
  readonly queuedEvents: number;
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
  readonly maxBodyBytes: number;
  readonly limits: OperationLimits;
  readonly sockets: SocketLimits;
  readonly policy: PolicyConfig;
  /** Milliseconds a subgraph has to answer one call. */
  readonly upstreamTimeoutMs: number;
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
  SUPERGRAPH_PATH: z.string().default('schema/supergraph.graphql'),
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
  MAX_BODY_BYTES: count(16 * 1024 * 1024).default(256 * 1024),
  MAX_QUERY_DEPTH: count(100).default(DEFAULT_OPERATION_LIMITS.depth),
  MAX_QUERY_ROOT_FIELDS: count(1_000).default(DEFAULT_OPERATION_LIMITS.rootFields),
  MAX_QUERY_ALIASES: count(10_000).default(DEFAULT_OPERATION_LIMITS.aliases),
  MAX_QUERY_FIELDS: count(100_000).default(DEFAULT_OPERATION_LIMITS.fields),
  MAX_QUERY_TOKENS: count(100_000).default(DEFAULT_OPERATION_LIMITS.tokens),
  MAX_SOCKET_OPERATIONS: count(10_000).default(100),
  MAX_SOCKET_BUFFER_BYTES: count(1024 ** 3).default(4 * 1024 * 1024),
  MAX_QUEUED_EVENTS: count(1_000_000).default(1_000),
  SOCKET_INIT_TIMEOUT_MS: count(600_000).default(5_000),
  SOCKET_PING_INTERVAL_MS: count(600_000).default(15_000),
  UPSTREAM_TIMEOUT_MS: count(600_000).default(10_000),
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
const openSchema = z.object(plain);
const guardedSchema = z.object({ ...plain, ...authVariables });

const toAuth = (env: z.output<typeof guardedSchema>): AuthConfig => ({
  jwksUrl: env.JWKS_URL,
  issuer: env.TOKEN_ISSUER,
  audience: env.TOKEN_AUDIENCE,
  identitySecret: env.INTERNAL_IDENTITY_SECRET,
  redisUrl: env.REDIS_URL,
  redisNamespace: env.REDIS_NAMESPACE,
});

const toConfig = (env: z.output<typeof openSchema>, auth: AuthConfig | undefined): GatewayConfig => ({
  host: env.HOST,
  port: env.PORT,
  supergraphPath: env.SUPERGRAPH_PATH,
  subgraphUrls: env.SUBGRAPH_URLS,
  auth,
  introspection: env.INTROSPECTION,
  corsOrigins: env.CORS_ORIGINS,
  trustedProxies: env.TRUSTED_PROXIES,
  maxBodyBytes: env.MAX_BODY_BYTES,
  limits: {
    depth: env.MAX_QUERY_DEPTH,
    rootFields: env.MAX_QUERY_ROOT_FIELDS,
    aliases: env.MAX_QUERY_ALIASES,
    fields: env.MAX_QUERY_FIELDS,
    tokens: env.MAX_QUERY_TOKENS,
  },
  sockets: {
    operations: env.MAX_SOCKET_OPERATIONS,
    initTimeoutMs: env.SOCKET_INIT_TIMEOUT_MS,
    pingIntervalMs: env.SOCKET_PING_INTERVAL_MS,
    bufferedBytes: env.MAX_SOCKET_BUFFER_BYTES,
    queuedEvents: env.MAX_QUEUED_EVENTS,
  },
  policy: toPolicyConfig(env),
  upstreamTimeoutMs: env.UPSTREAM_TIMEOUT_MS,
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
