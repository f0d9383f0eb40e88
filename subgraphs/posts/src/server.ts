import {
  createPlatform,
  createSubgraphServer,
  loadTypeDefs,
  type MongoDatabase,
  type Platform,
  type RunnableService,
} from '@postbook/service-kit';
import type { PostsConfig } from './config.ts';
import { type Context, createContext } from './context.ts';
import { createPostsDatabase } from './database/posts-database-repository.ts';
import { resolvers } from './resolvers.ts';
import { createServices } from './services.ts';

/** Parts that tests put in place of the real ones. */
export interface PostsOverrides {
  readonly platform: Platform;
  readonly database: MongoDatabase;
  /** The clock by which posts, comments, reactions and votes are made and polls end. */
  readonly now: () => Date;
}

/** Makes the posts subgraph. Nothing is connected to before `start`. */
export function createPostsServer(config: PostsConfig, overrides: Partial<PostsOverrides> = {}): RunnableService {
  const platform = overrides.platform ?? createPlatform('posts', config);
  const database = overrides.database ?? createPostsDatabase(config, platform.log);
  const now = overrides.now ?? (() => new Date());
  const { services, components, jobs } = createServices({ config, platform, database, now });
  for (const job of jobs) platform.scheduler.register(job);

  return createSubgraphServer<Context>({
    name: 'posts',
    config,
    platform,
    typeDefs: loadTypeDefs(import.meta.dirname),
    resolvers,
    createContext: (scope) => createContext(scope, services),
    components: [database, ...components],
  });
}
