import {
  createPlatform,
  createSubgraphServer,
  loadTypeDefs,
  type Platform,
  purgeInbox,
  type RunnableService,
} from '@postbook/service-kit';
import type { ChatsConfig } from './config.ts';
import { type Context, createContext } from './context.ts';
import { createChatsDatabase } from './database/chats-database-repository.ts';
import { resolvers } from './resolvers.ts';
import { createServices } from './services.ts';

/** Parts that tests put in place of the real ones. */
export interface ChatsOverrides {
  readonly platform: Platform;
}

/** Makes the chats subgraph. Nothing is connected to before `start`. */
export function createChatsServer(config: ChatsConfig, overrides: Partial<ChatsOverrides> = {}): RunnableService {
  const platform = overrides.platform ?? createPlatform('chats', config);
  const database = createChatsDatabase(config, platform.log);
  const { services, components, inbox } = createServices({ config, platform, database });
  platform.scheduler.register({
    name: 'chats-purge-inbox',
    schedule: '23 * * * *',
    run: async () => void (await purgeInbox(inbox)),
  });

  return createSubgraphServer<Context>({
    name: 'chats',
    config,
    platform,
    typeDefs: loadTypeDefs(import.meta.dirname),
    resolvers,
    createContext: (scope) => createContext(scope, services),
    components: [database, ...components],
  });
}
