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
  CHATS_DATABASE: databaseNameVariable('ChatServiceDB'),
  AUTH_URL: urlVariable('http:', 'https:').default('http://127.0.0.1:4001/graphql'),
  PROFILES_URL: urlVariable('http:', 'https:').default('http://127.0.0.1:4002/graphql'),
  MEDIA_URL: urlVariable('http:', 'https:').default('http://127.0.0.1:4005/graphql'),
  LIVE_HEAD_CHECK_MS: integerVariable({ min: 100, max: 60_000 }).default(1_500),
  RELATIONS_MAX_LAG_MS: integerVariable({ min: 100, max: 600_000 }).default(2_000),
});

/** What chats runs on. */
export interface ChatsConfig extends SubgraphConfig {
  readonly mongo: MongoConfig;
  /** Where the owners of what a person's card shows answer. */
  readonly owners: { readonly auth: string; readonly profiles: string };
  /** Where media answers: asked whether files may be attached. */
  readonly mediaUrl: string;
  /** How often an open subscription compares itself with the store, in milliseconds: its only news while Redis is away. */
  readonly liveHeadCheckMs: number;
  /** How old the copy of relations may be, in milliseconds, before strangers can't write to each other. */
  readonly relationsMaxLagMs: number;
}

/**
 * Reads the environment; the README lists every variable.
 *
 * @throws ConfigError naming every variable that is missing or wrong.
 */
export function loadConfig(environment: Environment = process.env): ChatsConfig {
  const env = defineConfig(environmentSchema, environment);
  return {
    ...toSubgraphConfig(env),
    mongo: { url: env.MONGODB_URL, database: env.CHATS_DATABASE, poolSize: env.MONGODB_POOL_SIZE },
    owners: { auth: env.AUTH_URL, profiles: env.PROFILES_URL },
    mediaUrl: env.MEDIA_URL,
    liveHeadCheckMs: env.LIVE_HEAD_CHECK_MS,
    relationsMaxLagMs: env.RELATIONS_MAX_LAG_MS,
  };
}
