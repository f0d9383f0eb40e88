import { z } from 'zod';
import type { TracingConfig } from '../telemetry/tracing/create-tracing.ts';

/** A switch given as on/off, true/false, yes/no or 1/0. */
export const switchVariable = (fallback: boolean) =>
  z
    .enum(['on', 'off', 'true', 'false', 'yes', 'no', '1', '0'], { error: 'must be on or off' })
    .transform((value) => ['on', 'true', 'yes', '1'].includes(value))
    .default(fallback);

/** A whole number within bounds. */
export const integerVariable = (bounds: { min: number; max: number }) =>
  z.coerce
    .number({ error: `must be a whole number from ${bounds.min} to ${bounds.max}` })
    .int(`must be a whole number from ${bounds.min} to ${bounds.max}`)
    .min(bounds.min, `must be at least ${bounds.min}`)
    .max(bounds.max, `must be at most ${bounds.max}`);

/** A URL with one of the given schemes, for example `redis:`. */
export const urlVariable = (...schemes: string[]) =>
  z.string({ error: `is missing: give a ${schemes.join(' or ')}//… URL` }).refine(
    (value) => {
      try {
        return schemes.includes(new URL(value).protocol);
      } catch {
        // MongoDB's URLs with several hosts are no URLs for the platform's parser.
        return schemes.some((scheme) => value.startsWith(`${scheme}//`));
      }
    },
    `must be a ${schemes.join(' or ')}//… URL`,
  );

/** A shared secret: at least 32 characters, so that it can't be guessed. */
export const secretVariable = () =>
  z.string({ error: 'is missing: give at least 32 random characters' }).min(32, 'must have at least 32 characters');

/** Where traces go, by OpenTelemetry's own names; nowhere without an endpoint. Spread into a process's schema. */
export const tracingEnvironment = {
  OTEL_EXPORTER_OTLP_ENDPOINT: urlVariable('http:', 'https:').optional(),
  OTEL_TRACES_SAMPLER_ARG: z.coerce
    .number({ error: 'must be a number from 0 to 1' })
    .min(0, 'must be at least 0')
    .max(1, 'must be at most 1')
    .default(1),
} as const;

/** Turns {@link tracingEnvironment} into its part of the configuration; undefined when nothing is traced. */
export const toTracingConfig = (env: z.output<z.ZodObject<typeof tracingEnvironment>>): TracingConfig | undefined =>
  env.OTEL_EXPORTER_OTLP_ENDPOINT === undefined
    ? undefined
    : { endpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT, ratio: env.OTEL_TRACES_SAMPLER_ARG };

/** The variables that every subgraph reads, keyed by their names. Spread into the subgraph's own schema. */
export const subgraphEnvironment = {
  /** Address to listen on. Loopback by default: subgraphs are never meant to be reached from outside. */
  HOST: z.string().default('127.0.0.1'),
  /** Port to listen on; 0 picks a free one. */
  PORT: integerVariable({ min: 0, max: 65_535 }).default(0),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  /** `pretty` for people, `json` for machines. */
  LOG_FORMAT: z.enum(['pretty', 'json']).default('json'),
  REDIS_URL: urlVariable('redis:', 'rediss:'),
  /** First part of every Redis key, so that several graphs can share a server. */
  REDIS_NAMESPACE: z
    .string()
    .regex(/^[a-z0-9_-]{1,40}$/, 'may have letters, digits, _ and -')
    .default('pb'),
  /** Lets operators read metrics and health details from elsewhere; without it only this machine may. */
  OPERATOR_TOKEN: secretVariable().optional(),
  /** Signs the calls between gateway and subgraphs; the same in all of them. */
  INTERNAL_IDENTITY_SECRET: secretVariable(),
  ...tracingEnvironment,
} as const;

/** What every subgraph's configuration has. */
export interface SubgraphConfig {
  readonly host: string;
  readonly port: number;
  readonly logLevel: string;
  readonly logFormat: 'pretty' | 'json';
  readonly redisUrl: string;
  readonly redisNamespace: string;
  readonly internalIdentitySecret: string;
  readonly operatorToken?: string | undefined;
  /** Absent: nothing is traced. */
  readonly tracing?: TracingConfig | undefined;
}

/** Turns the variables of {@link subgraphEnvironment} into the part of the configuration that all subgraphs share. */
export function toSubgraphConfig(env: z.output<z.ZodObject<typeof subgraphEnvironment>>): SubgraphConfig {
  return {
    host: env.HOST,
    port: env.PORT,
    logLevel: env.LOG_LEVEL,
    logFormat: env.LOG_FORMAT,
    redisUrl: env.REDIS_URL,
    redisNamespace: env.REDIS_NAMESPACE,
    internalIdentitySecret: env.INTERNAL_IDENTITY_SECRET,
    operatorToken: env.OPERATOR_TOKEN,
    tracing: toTracingConfig(env),
  };
}
