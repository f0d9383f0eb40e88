import {
  databaseNameVariable,
  defineConfig,
  type Environment,
  type MongoConfig,
  mongoEnvironment,
  type SubgraphConfig,
  subgraphEnvironment,
  toSubgraphConfig,
  urlVariable,
} from '@postbook/service-kit';
import { z } from 'zod';

const environmentSchema = z.object({
  ...subgraphEnvironment,
  ...mongoEnvironment,
  PROFILES_DATABASE: databaseNameVariable('UserProfileServiceDB'),
  AUTH_URL: urlVariable('http:', 'https:').optional(),
  MEDIA_URL: urlVariable('http:', 'https:').default('http://127.0.0.1:4005/graphql'),
});

/** What profiles runs on. */
export interface ProfilesConfig extends SubgraphConfig {
  readonly mongo: MongoConfig;
  /** Auth's endpoint, asked for people whose profile wasn't made yet; without it they wait for the event. */
  readonly authUrl: string | undefined;
  /** Media's endpoint, asked whether a file may be somebody's picture. */
  readonly mediaUrl: string;
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
    mongo: { url: env.MONGODB_URL, database: env.PROFILES_DATABASE, poolSize: env.MONGODB_POOL_SIZE },
    authUrl: env.AUTH_URL,
    mediaUrl: env.MEDIA_URL,
  };
}
