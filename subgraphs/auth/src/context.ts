import type { RequestScope } from '@postbook/service-kit';
import { type AccountLoaders, createAccountLoaders } from './account/account-loaders.ts';
import type { AccountRepository } from './account/account-repository.ts';
import type { AccountService } from './account/account-service.ts';
import type { AccountFeedService } from './feed/account-feed-service.ts';
import type { LoginService } from './session/login-service.ts';
import type { RefreshService } from './session/refresh-service.ts';
import type { SessionService } from './session/session-service.ts';
import type { VerificationService } from './verification/verification-service.ts';

/** The rules of auth, one service per aggregate; the same for all requests. */
export interface AuthServices {
  readonly accounts: AccountService;
  readonly accountFeed: AccountFeedService;
  readonly logins: LoginService;
  readonly refreshes: RefreshService;
  readonly sessions: SessionService;
  readonly verifications: VerificationService;
}

/** What a resolver of auth may use. */
export interface Context extends RequestScope {
  readonly services: AuthServices;
  /** Of this request alone. */
  readonly loaders: AccountLoaders;
}

/** Makes the context of one request. */
export const createContext = (scope: RequestScope, services: AuthServices, accounts: AccountRepository): Context => ({
  ...scope,
  services,
  loaders: createAccountLoaders(accounts),
});
