import {
  createPlatform,
  createSubgraphServer,
  loadTypeDefs,
  type Platform,
  purgeInbox,
  type RunnableService,
} from '@postbook/service-kit';
import type { NotificationsConfig } from './config.ts';
import { type Context, createContext } from './context.ts';
import { createNotificationsDatabase } from './database/notifications-database-repository.ts';
import { resolvers } from './resolvers.ts';
import { createServices } from './services.ts';

/** Parts that tests put in place of the real ones. */
export interface NotificationsOverrides {
  readonly platform: Platform;
  /** The clock. */
  readonly now: () => Date;
}

/** Makes the notifications subgraph. Nothing is connected to before `start`. */
export function createNotificationsServer(
  config: NotificationsConfig,
  overrides: Partial<NotificationsOverrides> = {},
): RunnableService {
  const platform = overrides.platform ?? createPlatform('notifications', config);
  const database = createNotificationsDatabase(config, platform.log);
  const { services, components, inbox } = createServices({ config, platform, database, now: overrides.now });
  platform.scheduler.register({
    name: 'notifications-purge-inbox',
    schedule: '41 * * * *',
    run: async () => void (await purgeInbox(inbox)),
  });

  return createSubgraphServer<Context>({
    name: 'notifications',
    config,
    platform,
    typeDefs: loadTypeDefs(import.meta.dirname),
    resolvers,
    createContext: (scope) => createContext(scope, services),
    components: [database, ...components],
  });
}
