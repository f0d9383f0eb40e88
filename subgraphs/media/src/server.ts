import {
  createPlatform,
  createSubgraphServer,
  loadTypeDefs,
  type Platform,
  type RunnableService,
} from '@postbook/service-kit';
import type { MediaConfig } from './config.ts';
import { type Context, createContext } from './context.ts';
import { createMediaDatabase } from './database/media-database-repository.ts';
import { resolvers } from './resolvers.ts';
import { createServices } from './services.ts';
import type { MediaStorage } from './storage/storage.ts';

/** How long a request may take to arrive, in milliseconds: 100 MB over a slow line. One that stalls is cut off long before. */
const REQUEST_TIMEOUT_MS = 60 * 60_000;

/** Parts that tests put in place of the real ones. */
export interface MediaOverrides {
  readonly platform: Platform;
  readonly storage: MediaStorage;
  readonly now: () => Date;
}

/** Makes the media subgraph. Nothing is connected to before `start`. */
export function createMediaServer(config: MediaConfig, overrides: Partial<MediaOverrides> = {}): RunnableService {
  const platform = overrides.platform ?? createPlatform('media', config);
  const database = createMediaDatabase(config, platform.log);
  let listeningAt = `http://${config.host}:${config.port}`;
  const { services, components, routes, jobs } = createServices({
    config,
    platform,
    database,
    publicUrl: () => config.publicUrl ?? listeningAt,
    storage: overrides.storage,
    now: overrides.now,
  });
  for (const job of jobs) platform.scheduler.register(job);

  const server = createSubgraphServer<Context>({
    name: 'media',
    config,
    platform,
    typeDefs: loadTypeDefs(import.meta.dirname),
    resolvers,
    createContext: (scope) => createContext(scope, services),
    components: [database, ...components],
    routes,
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
  });
  return {
    ...server,
    async start() {
      const started = await server.start();
      listeningAt = started.url;
      return started;
    },
  };
}
