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
  POSTS_DATABASE: databaseNameVariable('PostFeedServiceDB'),
  AUTH_URL: urlVariable('http:', 'https:').default('http://127.0.0.1:4001/graphql'),
  PROFILES_URL: urlVariable('http:', 'https:').default('http://127.0.0.1:4002/graphql'),
  MEDIA_URL: urlVariable('http:', 'https:').default('http://127.0.0.1:4005/graphql'),
  LIVE_HEAD_CHECK_MS: integerVariable({ min: 100, max: 60_000 }).default(1_500),
  LARGE_AUTHOR_READERS: integerVariable({ min: 1, max: 1_000_000 }).default(10_000),
});

/** What posts runs on. */
export interface PostsConfig extends SubgraphConfig {
  readonly mongo: MongoConfig;
  /** Where the owners of what a person's card shows answer. */
  readonly owners: { readonly auth: string; readonly profiles: string };
  /** Where media answers whether files may be attached. */
  readonly mediaUrl: string;
  /** How often an open subscription compares itself with the store, in milliseconds: its only news while Redis is away. */
  readonly liveHeadCheckMs: number;
  /** Readers above which an author's posts are looked up when a feed is read, and not written into each feed. */
  readonly largeAuthorReaders: number;
}

/**
 * Reads the environment; the README lists every variable.
 *
 * @throws ConfigError naming every variable that is missing or wrong.
 */
export function loadConfig(environment: Environment = process.env): PostsConfig {
  const env = defineConfig(environmentSchema, environment);
  return {
    ...toSubgraphConfig(env),
    mongo: { url: env.MONGODB_URL, database: env.POSTS_DATABASE, poolSize: env.MONGODB_POOL_SIZE },
    owners: { auth: env.AUTH_URL, profiles: env.PROFILES_URL },
    mediaUrl: env.MEDIA_URL,
    liveHeadCheckMs: env.LIVE_HEAD_CHECK_MS,
    largeAuthorReaders: env.LARGE_AUTHOR_READERS,
  };
}
