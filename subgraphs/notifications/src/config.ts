import {
  databaseNameVariable,
  defineConfig,
  type Environment,
  integerVariable,
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
  NOTIFICATIONS_DATABASE: databaseNameVariable('NotificationServiceDB'),
  AUTH_URL: urlVariable('http:', 'https:').default('http://127.0.0.1:4001/graphql'),
  PROFILES_URL: urlVariable('http:', 'https:').default('http://127.0.0.1:4002/graphql'),
  LIVE_HEAD_CHECK_MS: integerVariable({ min: 100, max: 60_000 }).default(1_500),
});

/** What notifications runs on. */
export interface NotificationsConfig extends SubgraphConfig {
  readonly mongo: MongoConfig;
  /** Where the owners of what a person's card shows answer. */
  readonly owners: { readonly auth: string; readonly profiles: string };
  /** How often an open subscription compares itself with the store, in milliseconds: its only news while Redis is away. */
  readonly liveHeadCheckMs: number;
}

/**
 * Reads the environment; the README lists every variable.
 *
 * @throws ConfigError naming every variable that is missing or wrong.
 */
export function loadConfig(environment: Environment = process.env): NotificationsConfig {
  const env = defineConfig(environmentSchema, environment);
  return {
    ...toSubgraphConfig(env),
    mongo: { url: env.MONGODB_URL, database: env.NOTIFICATIONS_DATABASE, poolSize: env.MONGODB_POOL_SIZE },
    owners: { auth: env.AUTH_URL, profiles: env.PROFILES_URL },
    liveHeadCheckMs: env.LIVE_HEAD_CHECK_MS,
  };
}
