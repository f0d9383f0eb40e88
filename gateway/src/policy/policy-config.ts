import { ConfigError, integerVariable, switchVariable } from '@postbook/service-kit/edge';
import { z } from 'zod';

/** What may be asked for within one window, in units of cost; a mutation weighs ten, and nothing less than one. */
export interface RateLimitConfig {
  readonly windowSeconds: number;
  readonly user: number;
  readonly session: number;
  readonly address: number;
}

/** Everything that is decided before an operation is planned, and what is told of errors. */
export interface PolicyConfig {
  readonly access: {
    /** `dry-run` only logs and counts what would be denied. */
    readonly mode: 'off' | 'dry-run' | 'filter' | 'reject';
    /** Whether denied fields have an error each, or are just `null`. */
    readonly hasErrors: boolean;
  };
  readonly demand: {
    readonly mode: 'off' | 'measure' | 'enforce';
    readonly maximum: number;
    /** Length of a list that no argument and no directive tells of. */
    readonly listSize: number;
    /** Length of a page when neither `first` nor `last` is given. */
    readonly pageSize: number;
    /** Who is told the cost in `extensions.cost`: nobody, who asks by header, or everybody. */
    readonly reported: 'off' | 'asked' | 'always';
  };
  readonly persistedQueries: {
    readonly isOn: boolean;
    readonly ttlSeconds: number;
    /** Documents kept, in Redis and in memory each. */
    readonly maximum: number;
  };
  readonly trust: {
    readonly mode: 'off' | 'log' | 'enforce';
    /** A manifest, or a folder of them. */
    readonly path: string | undefined;
  };
  /** Absent: nothing is limited. */
  readonly rate: RateLimitConfig | undefined;
  readonly errors: {
    /** Keys of subgraphs' extensions that clients may see, beside those that always pass. */
    readonly extensions: readonly string[];
    /** Subgraphs whose messages are hidden from clients; `*` for all. */
    readonly hiddenMessages: readonly string[];
  };
}

const names = z
  .string()
  .default('')
  .transform((list) => list.split(',').flatMap((name) => name.trim() || []));

const points = (fallback: number) => integerVariable({ min: 1, max: 1_000_000_000 }).default(fallback);

/** The variables of {@link PolicyConfig}, to be spread into the gateway's own. */
export const policyVariables = {
  AUTH_DIRECTIVES: z.enum(['off', 'dry-run', 'filter', 'reject']).default('filter'),
  AUTH_DIRECTIVE_ERRORS: switchVariable(true),
  DEMAND_CONTROL: z.enum(['off', 'measure', 'enforce']).default('enforce'),
  MAX_OPERATION_COST: points(10_000),
  COST_LIST_SIZE: integerVariable({ min: 0, max: 1_000_000 }).default(10),
  COST_PAGE_SIZE: integerVariable({ min: 0, max: 1_000_000 }).default(20),
  COST_IN_RESPONSE: z.enum(['off', 'asked', 'always']).default('asked'),
  PERSISTED_QUERIES: switchVariable(true),
  PERSISTED_QUERY_TTL_S: integerVariable({ min: 1, max: 31_536_000 }).default(7 * 86_400),
  MAX_PERSISTED_QUERIES: integerVariable({ min: 1, max: 1_000_000 }).default(5_000),
  TRUSTED_DOCUMENTS: z.enum(['off', 'log', 'enforce']).default('off'),
  TRUSTED_DOCUMENTS_PATH: z.string().min(1).optional(),
  RATE_LIMITS: switchVariable(true),
  RATE_LIMIT_WINDOW_S: integerVariable({ min: 1, max: 86_400 }).default(60),
  RATE_LIMIT_USER: points(120_000),
  RATE_LIMIT_SESSION: points(60_000),
  RATE_LIMIT_ADDRESS: points(600_000),
  ERROR_EXTENSIONS: names,
  ERROR_MESSAGES_HIDDEN: names,
};

/** The environment as {@link policyVariables} read it. */
export type PolicyEnvironment = z.output<z.ZodObject<typeof policyVariables>>;

const toRate = (env: PolicyEnvironment): RateLimitConfig => ({
  windowSeconds: env.RATE_LIMIT_WINDOW_S,
  user: env.RATE_LIMIT_USER,
  session: env.RATE_LIMIT_SESSION,
  address: env.RATE_LIMIT_ADDRESS,
});

/**
 * The configuration from the environment.
 *
 * @param isLimited false for a gateway without limits: nothing is refused for its cost or its rate.
 * @throws ConfigError when documents are to be trusted and nobody says which.
 */
export function toPolicyConfig(env: PolicyEnvironment, isLimited = true): PolicyConfig {
  if (env.TRUSTED_DOCUMENTS !== 'off' && env.TRUSTED_DOCUMENTS_PATH === undefined) {
    throw new ConfigError(['TRUSTED_DOCUMENTS_PATH: is missing: give a manifest or a folder of them']);
  }
  return {
    access: { mode: env.AUTH_DIRECTIVES, hasErrors: env.AUTH_DIRECTIVE_ERRORS },
    demand: {
      mode: isLimited ? env.DEMAND_CONTROL : 'off',
      maximum: env.MAX_OPERATION_COST,
      listSize: env.COST_LIST_SIZE,
      pageSize: env.COST_PAGE_SIZE,
      reported: env.COST_IN_RESPONSE,
    },
    persistedQueries: {
      isOn: env.PERSISTED_QUERIES,
      ttlSeconds: env.PERSISTED_QUERY_TTL_S,
      maximum: env.MAX_PERSISTED_QUERIES,
    },
    trust: { mode: env.TRUSTED_DOCUMENTS, path: env.TRUSTED_DOCUMENTS_PATH },
    rate: isLimited && env.RATE_LIMITS ? toRate(env) : undefined,
    errors: { extensions: env.ERROR_EXTENSIONS, hiddenMessages: env.ERROR_MESSAGES_HIDDEN },
  };
}
