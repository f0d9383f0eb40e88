import { createAccountFeed } from '@postbook/people';
import {
  createOutboxRelay,
  createPlatform,
  createSubgraphServer,
  loadTypeDefs,
  type Platform,
  purgeInbox,
  type RunnableService,
} from '@postbook/service-kit';
import { createAccountEventConsumer } from './account-events/account-event-consumer.ts';
import { type AccountDirectory, createAccountDirectory } from './auth-accounts/account-directory.ts';
import { accountReconcileJob } from './auth-accounts/account-reconciler.ts';
import type { ProfilesConfig } from './config.ts';
import type { Context } from './context.ts';
import { createProfilesDatabase } from './database/profiles-database-repository.ts';
import { requestExpiryJob } from './friend-request/friend-request-expiry.ts';
import { createFriendRequestLoaders } from './friend-request/friend-request-loaders.ts';
import { createPictureConsumer } from './profile/picture-consumer.ts';
import { createViewerScope } from './profile/profile-loaders.ts';
import { resolvers } from './resolvers.ts';
import { createServices, type ProfilesServices } from './services.ts';

/** The subgraph's name in the supergraph. */
export const NAME = 'profiles';

/** Parts that tests replace. */
export interface ProfilesOverrides {
  /** Where accounts without a profile are asked for. Default: auth, when its address is configured. */
  readonly accounts?: AccountDirectory;
  readonly platform?: Platform;
}

function accountsOf({ authUrl, internalIdentitySecret }: ProfilesConfig): AccountDirectory | undefined {
  if (!authUrl) return undefined;
  return createAccountDirectory({ url: authUrl, secret: internalIdentitySecret });
}

const contextOf =
  (services: ProfilesServices) =>
  ({ identity }: Pick<Context, 'identity'>): Context => {
    const viewerId = identity.viewer?.userId;
    const { directory, repositories } = services;
    return {
      identity,
      services,
      scope: createViewerScope(viewerId, { directory, edges: repositories.edges }),
      requests: createFriendRequestLoaders(viewerId, repositories.requests),
    };
  };

/** The profiles subgraph, ready to be started. */
export function createProfilesServer(config: ProfilesConfig, overrides: ProfilesOverrides = {}): RunnableService {
  const platform = overrides.platform ?? createPlatform(NAME, config);
  const { bus, live, log, metrics, scheduler } = platform;
  const database = createProfilesDatabase(config, log);
  const onEvent = () => relay.kick();
  const accounts = overrides.accounts ?? accountsOf(config);
  const services = createServices({ config, database, accounts, log, onEvent });
  const { inbox, outbox, repositories } = services;
  const relay = createOutboxRelay({ name: NAME, repository: outbox, bus, log, metrics, topics: live });
  const consumer = createAccountEventConsumer({ ...services, ...repositories, bus, onEvent });
  const pictures = createPictureConsumer({ ...services, ...repositories, bus, onEvent });
  scheduler.register(requestExpiryJob({ ...services, ...repositories, onEvent }));
  if (config.authUrl) {
    const { authUrl, internalIdentitySecret: secret } = config;
    const feed = createAccountFeed({ authUrl, secret, service: NAME });
    scheduler.register(accountReconcileJob({ ...services, ...repositories, accounts: feed, onEvent }));
  }
  scheduler.register({
    name: 'profiles-purge-inbox',
    schedule: '17 * * * *',
    run: async () => void (await purgeInbox(inbox)),
  });

  return createSubgraphServer<Context>({
    name: NAME,
    config,
    platform,
    typeDefs: loadTypeDefs(import.meta.dirname),
    resolvers,
    createContext: contextOf(services),
    components: [database, relay, consumer, pictures],
  });
}
