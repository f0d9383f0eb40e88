import { DEFAULT_OPERATION_LIMITS, integerVariable, type OperationLimits } from '@postbook/service-kit/edge';
import { z } from 'zod';

/** What clients may hold open. A socket and an event stream (SSE) are both a connection. */
export interface ConnectionLimits {
  /** Operations under way at once on one socket. */
  readonly operations: number;
  /** Connections of one person at once, on this process. */
  readonly perUser: number;
  /** Connections from one address at once, on this process; many people may share an address. */
  readonly perAddress: number;
  /** Running subscriptions of one person, on this process. */
  readonly subscriptionsPerUser: number;
  /** Running subscriptions from one address, on this process. */
  readonly subscriptionsPerAddress: number;
  /** Milliseconds after which a connection is ended, ten percent more or less so that they don't all come back at once. */
  readonly maxLifeMs: number;
}

const count = (max: number) => integerVariable({ min: 1, max });

/** Everything that `GATEWAY_LIMITS=off` takes away. */
export const limitVariables = {
  MAX_BODY_BYTES: count(16 * 1024 * 1024).default(256 * 1024),
  MAX_QUERY_DEPTH: count(100).default(DEFAULT_OPERATION_LIMITS.depth),
  MAX_QUERY_ROOT_FIELDS: count(1_000).default(DEFAULT_OPERATION_LIMITS.rootFields),
  MAX_QUERY_ALIASES: count(10_000).default(DEFAULT_OPERATION_LIMITS.aliases),
  MAX_QUERY_FIELDS: count(100_000).default(DEFAULT_OPERATION_LIMITS.fields),
  MAX_QUERY_DIRECTIVES: count(100_000).default(DEFAULT_OPERATION_LIMITS.directives),
  MAX_QUERY_DIRECTIVES_AT_ONCE: count(10_000).default(DEFAULT_OPERATION_LIMITS.directivesAtOnce),
  MAX_QUERY_TOKENS: count(100_000).default(DEFAULT_OPERATION_LIMITS.tokens),
  MAX_SOCKET_OPERATIONS: count(10_000).default(100),
  MAX_USER_CONNECTIONS: count(1_000_000).default(50),
  MAX_USER_SUBSCRIPTIONS: count(1_000_000).default(500),
  MAX_ADDRESS_CONNECTIONS: count(1_000_000).default(2_000),
  MAX_ADDRESS_SUBSCRIPTIONS: count(1_000_000).default(20_000),
  MAX_CONNECTION_LIFE_MS: count(30 * 24 * 3_600_000).default(12 * 3_600_000),
};

/** The limits that {@link limitVariables} set. */
export interface Limits {
  readonly maxBodyBytes: number;
  readonly operation: OperationLimits;
  readonly connections: ConnectionLimits;
}

const NONE = Number.POSITIVE_INFINITY;

/** No limits at all; what keeps the process itself alive, such as buffers, stays. */
export const NO_LIMITS: Limits = {
  maxBodyBytes: NONE,
  operation: {
    depth: NONE,
    rootFields: NONE,
    aliases: NONE,
    fields: NONE,
    directives: NONE,
    directivesAtOnce: NONE,
    tokens: NONE,
  },
  connections: {
    operations: NONE,
    perUser: NONE,
    perAddress: NONE,
    subscriptionsPerUser: NONE,
    subscriptionsPerAddress: NONE,
    maxLifeMs: NONE,
  },
};

const variables = z.object(limitVariables);

/** Names the limits. */
export const toLimits = (env: z.output<typeof variables>): Limits => ({
  maxBodyBytes: env.MAX_BODY_BYTES,
  operation: {
    depth: env.MAX_QUERY_DEPTH,
    rootFields: env.MAX_QUERY_ROOT_FIELDS,
    aliases: env.MAX_QUERY_ALIASES,
    fields: env.MAX_QUERY_FIELDS,
    directives: env.MAX_QUERY_DIRECTIVES,
    directivesAtOnce: env.MAX_QUERY_DIRECTIVES_AT_ONCE,
    tokens: env.MAX_QUERY_TOKENS,
  },
  connections: {
    operations: env.MAX_SOCKET_OPERATIONS,
    perUser: env.MAX_USER_CONNECTIONS,
    perAddress: env.MAX_ADDRESS_CONNECTIONS,
    subscriptionsPerUser: env.MAX_USER_SUBSCRIPTIONS,
    subscriptionsPerAddress: env.MAX_ADDRESS_SUBSCRIPTIONS,
    maxLifeMs: env.MAX_CONNECTION_LIFE_MS,
  },
});
