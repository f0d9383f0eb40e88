import {
  createOutboxRelay,
  createPlatform,
  createPostgresInboxRepository,
  createPostgresOutboxRepository,
  createSubgraphServer,
  loadTypeDefs,
  type Platform,
  type RunnableService,
} from '@postbook/service-kit';
import { createAccountRepository } from './account/account-repository.ts';
import type { AuthConfig } from './config.ts';
import { type Context, createContext } from './context.ts';
import { createAuthStore } from './database/auth-store.ts';
import { retentionJobs } from './database/retention-jobs.ts';
import { createRetentionRepository } from './database/retention-repository.ts';
import type { MailTransport } from './mail/mail.ts';
import { createMailOutboxRepository } from './mail/mail-outbox-repository.ts';
import { createMailboxTransport, createSmtpTransport } from './mail/mail-transports.ts';
import { createMailWorker } from './mail/mail-worker.ts';
import { resolvers } from './resolvers.ts';
import { createRedisRevocations } from './revocation/redis-revocations.ts';
import { createRevocationConsumer } from './revocation/revocation-consumer.ts';
import { deriveSecrets } from './secrets/secrets.ts';
import { createAuthServices } from './services.ts';
import { jwksRoute } from './token/jwks-route.ts';
import { createSigningKeyRepository } from './token/signing-key-repository.ts';
import { createSigningKeys } from './token/signing-keys.ts';

/** Parts that tests put in place of the real ones. */
export interface AuthOverrides {
  readonly platform: Platform;
  readonly mailTransport: MailTransport;
}

function mailTransport({ mail }: AuthConfig, { log }: Platform): MailTransport {
  return mail.smtpUrl
    ? createSmtpTransport({ url: mail.smtpUrl, from: mail.from })
    : createMailboxTransport({ folder: mail.mailboxDir, from: mail.from, log });
}

/** Makes the auth subgraph. Nothing is connected to before `start`. */
export function createAuthServer(config: AuthConfig, overrides: Partial<AuthOverrides> = {}): RunnableService {
  const platform = overrides.platform ?? createPlatform('auth', config);
  const { bus, log, metrics, redis } = platform;
  const secrets = deriveSecrets(config.secretsKey);
  const store = createAuthStore(config.postgres);
  const keys = createSigningKeys({ repository: createSigningKeyRepository(store.db), box: secrets.signingKeys, log });
  const revocations = createRedisRevocations({ redis, namespace: config.redisNamespace, log });
  const mails = createMailWorker({
    repository: createMailOutboxRepository(store.db),
    box: secrets.mails,
    transport: overrides.mailTransport ?? mailTransport(config, platform),
    log,
  });
  const outbox = createPostgresOutboxRepository(store.db);
  const relay = createOutboxRelay({ name: 'auth', repository: outbox, bus, log, metrics, topics: platform.live });
  const services = createAuthServices({
    config,
    platform,
    store,
    secrets,
    keys,
    revocations,
    onMail: () => mails.kick(),
    onEvent: () => relay.kick(),
  });
  const accounts = createAccountRepository(store.db);
  for (const job of retentionJobs(createRetentionRepository(store.db), createPostgresInboxRepository(store.db))) {
    platform.scheduler.register(job);
  }

  return createSubgraphServer<Context>({
    name: 'auth',
    config,
    platform,
    typeDefs: loadTypeDefs(import.meta.dirname),
    resolvers,
    createContext: (scope) => createContext(scope, services, accounts),
    components: [store, keys, relay, createRevocationConsumer(bus, revocations), mails],
    routes: [jwksRoute(keys)],
  });
}
