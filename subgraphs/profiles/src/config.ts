import {
  defineConfig,
  type Environment,
  integerVariable,
  type SubgraphConfig,
  subgraphEnvironment,
  toSubgraphConfig,
  urlVariable,
} from '@postbook/service-kit';
import { z } from 'zod';

const environmentSchema = z.object({
  ...subgraphEnvironment,
  MONGODB_URL: urlVariable('mongodb:', 'mongodb+srv:'),
  PROFILES_DATABASE: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_]{0,62}$/, 'must be letters, digits and underscore')
    .default('UserProfileServiceDB'),
  MONGODB_POOL_SIZE: integerVariable({ min: 1, max: 200 }).default(20),
  AUTH_URL: urlVariable('http:', 'https:').optional(),
});

/** What profiles runs on. */
export interface ProfilesConfig extends SubgraphConfig {
  readonly mongodb: { readonly url: string; readonly database: string; readonly poolSize: number };
  /** Auth's endpoint, asked for people whose profile wasn't made yet; without it they wait for the event. */
  readonly authUrl: string | undefined;
}

/**
 * Reads the environment; the README lists every variable.
 *
 * @throws ConfigError naming every variable that is missing or wrong.
 */
export function loadConfig(environment: Environment = process.env): ProfilesConfig {
  const env = defineConfig(environmentSchema, environment);
  return {
    ...toSubgraphConfig(env),
    mongodb: { url: env.MONGODB_URL, database: env.PROFILES_DATABASE, poolSize: env.MONGODB_POOL_SIZE },
    authUrl: env.AUTH_URL,
  };
}
