import { uuidv7 } from '@postbook/events';
import { type ClientInfo, type UserErrorValue, userError } from '@postbook/service-kit';
import { parseEmailAddress } from '../account/email-address.ts';
import { type Device, deviceOf } from '../client/device.ts';
import type { PasswordHasher } from '../password/password-hasher.ts';
import type { RateLimits } from '../rate-limit/redis-rate-limits.ts';
import type { AccessTokens } from '../token/access-token.ts';
import { createRefreshToken, refreshTokenHash } from '../token/refresh-token.ts';
import type { FailedLogin, LoginCandidate, LoginRepository } from './login-repository.ts';
import { decideLogin, SESSION_DAYS, SESSION_MAX_DAYS } from './session-policy.ts';
import { issueTokens, type Tokens } from './tokens.ts';

/** What came of a login. */
export type LoginOutcome =
  | { readonly tokens: Tokens; readonly userId: string; readonly errors: readonly [] }
  | { readonly tokens: null; readonly userId: null; readonly errors: readonly UserErrorValue[] };

/** Logins by name and password. */
export interface LoginService {
  /**
   * Begins a session. Whatever is wrong, the same work is done and the same is said; only who has the right password
   * learns that the address is still to be verified.
   *
   * @throws RateLimitedError for too many attempts from one network.
   */
  logIn(input: { login: string; password: string }, client: ClientInfo | undefined): Promise<LoginOutcome>;
}

/** What {@link createLoginService} works with. */
export interface LoginServiceParts {
  readonly logins: LoginRepository;
  readonly hasher: PasswordHasher;
  readonly accessTokens: AccessTokens;
  readonly limits: RateLimits;
}

const refused = (error: UserErrorValue): LoginOutcome => ({ tokens: null, userId: null, errors: [error] });
const invalidCredentials = () =>
  userError('INVALID_CREDENTIALS', 'Name and password do not belong together, or the account can not be used now.');
const emailNotVerified = () =>
  userError('EMAIL_NOT_VERIFIED', 'Enter the code that was mailed to you first, or ask for a new one.');

/** One form of what was typed: addresses as they are stored; nothing a text column can't hold. */
const identifierOf = (login: string) => {
  const text = login.replace(/\p{Cc}/gu, '').trim();
  return parseEmailAddress(text) ?? text;
};

/** The service of logins. */
export function createLoginService(parts: LoginServiceParts): LoginService {
  const { logins, hasher } = parts;

  async function begin(candidate: LoginCandidate, identifier: string, device: Device): Promise<LoginOutcome> {
    const { userId, role } = candidate;
    const sessionId = uuidv7();
    const refreshToken = createRefreshToken();
    const session = await logins.begin({
      sessionId,
      userId,
      identifier,
      refreshTokenHash: refreshTokenHash(refreshToken),
      lifetimeDays: SESSION_DAYS,
      absoluteLifetimeDays: SESSION_MAX_DAYS,
      device,
    });
    // Locked, suspended or deleted while the password was being checked.
    if (!session) return fail(userId, identifier, device, { status: 'Locked', reason: 'AccountLocked', counts: false });
    const refresh = { token: refreshToken, expiresAt: session.expiresAt };
    return { tokens: await issueTokens(parts.accessTokens, { userId, sessionId, role }, refresh), userId, errors: [] };
  }

  async function fail(
    userId: string | null,
    identifier: string,
    device: Device,
    refusal: Pick<FailedLogin, 'status' | 'reason' | 'counts'>,
  ): Promise<LoginOutcome> {
    const { status, reason, counts } = refusal;
    await logins.recordFailure({ userId, identifier, device, status, reason, counts });
    return refused(status === 'Unverified' ? emailNotVerified() : invalidCredentials());
  }

  return {
    async logIn({ login, password }, client) {
      const device = deviceOf(client);
      await parts.limits.consume('loginByNetwork', device.ipAddress);
      const identifier = identifierOf(login);
      const candidate = await logins.find(identifier);
      const isRight = await hasher.verify(candidate?.passwordHash, password);
      const decision = decideLogin(candidate, isRight, new Date());
      if (decision.outcome === 'Refuse') return fail(candidate?.userId ?? null, identifier, device, decision);
      const { account } = decision;
      if (hasher.isOutdated(account.passwordHash)) {
        await logins.upgradeHash(account.userId, account.passwordHash, await hasher.hash(password));
      }
      return begin(account, identifier, device);
    },
  };
}
