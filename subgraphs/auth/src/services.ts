import { createPostgresOutboxRepository, createPostgresTransactor, type Platform } from '@postbook/service-kit';
import { createAccountRepository } from './account/account-repository.ts';
import { createAccountService } from './account/account-service.ts';
import type { AuthConfig } from './config.ts';
import type { AuthServices } from './context.ts';
import type { AuthStore } from './database/auth-store.ts';
import type { AuthTransactor } from './database/auth-transactor.ts';
import { createAccountFeedRepository } from './feed/account-feed-repository.ts';
import { createAccountFeedService } from './feed/account-feed-service.ts';
import { createMailOutboxRepository } from './mail/mail-outbox-repository.ts';
import { createMailQueue } from './mail/mail-queue.ts';
import { createPasswordHasher } from './password/password-hasher.ts';
import { createRateLimits } from './rate-limit/redis-rate-limits.ts';
import type { Revocations } from './revocation/redis-revocations.ts';
import type { Secrets } from './secrets/secrets.ts';
import { createLoginRepository } from './session/login-repository.ts';
import { createLoginService } from './session/login-service.ts';
import { createRefreshService } from './session/refresh-service.ts';
import { createSessionEndings } from './session/session-endings.ts';
import { createSessionRepository } from './session/session-repository.ts';
import { createSessionService } from './session/session-service.ts';
import { createAccessTokens } from './token/access-token.ts';
import type { SigningKeys } from './token/signing-keys.ts';
import { createVerificationCodes } from './verification/verification-code.ts';
import { verificationRepository } from './verification/verification-repository.ts';
import { createVerificationService } from './verification/verification-service.ts';

/** What {@link createAuthServices} works with. */
export interface AuthServiceParts {
  readonly config: AuthConfig;
  readonly platform: Platform;
  readonly store: AuthStore;
  readonly secrets: Secrets;
  readonly keys: SigningKeys;
  readonly revocations: Revocations;
  /** Called when a mail may wait. */
  onMail(): void;
  /** Called when an event may wait. */
  onEvent(): void;
}

/** Joins repositories and services. Nothing connects yet. */
export function createAuthServices(parts: AuthServiceParts): AuthServices {
  const { config, platform, secrets, onEvent, onMail } = parts;
  const { log, redis } = platform;
  const { db } = parts.store;

  const transactor: AuthTransactor = createPostgresTransactor(db, {
    onAfterCommitError: (error) => log.warn({ err: error }, 'work after a commit failed'),
  });
  const outbox = createPostgresOutboxRepository(db);
  const limits = createRateLimits({
    redis,
    namespace: config.redisNamespace,
    log,
    networkFactor: config.networkLimitFactor,
  });
  const mails = createMailQueue(createMailOutboxRepository(db), secrets.mails);
  const hasher = createPasswordHasher(config.passwordCost);
  const codes = createVerificationCodes(secrets.codePepper);
  const accessTokens = createAccessTokens({ keys: parts.keys, ...config.tokens });
  const accounts = createAccountRepository(db);
  const sessions = createSessionRepository(db);
  const endings = createSessionEndings({ sessions, accounts, outbox, revocations: parts.revocations, onEvent });
  const common = { transactor, accounts, mails, codes, hasher, limits, onMail, onEvent };

  return {
    accounts: createAccountService({ ...common, outbox }),
    accountFeed: createAccountFeedService(createAccountFeedRepository(db)),
    verifications: createVerificationService({ ...common, db, verifications: verificationRepository }),
    logins: createLoginService({ ...common, logins: createLoginRepository(db), accessTokens }),
    refreshes: createRefreshService({
      ...common,
      sessions,
      endings,
      accessTokens,
      chainKey: secrets.refreshChain,
      log,
    }),
    sessions: createSessionService({ transactor, sessions, endings }),
  };
}
