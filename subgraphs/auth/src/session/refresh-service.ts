import { type ClientInfo, type Logger, type UserErrorValue, userError } from '@postbook/service-kit';
import { addressOf, UNKNOWN_ADDRESS } from '../client/client-address.ts';
import type { AuthTransactor } from '../database/auth-transactor.ts';
import type { RateLimits } from '../rate-limit/redis-rate-limits.ts';
import type { AccessTokens } from '../token/access-token.ts';
import { isRefreshToken, refreshTokenHash, successorOf } from '../token/refresh-token.ts';
import type { SessionEndings } from './session-endings.ts';
import { REFRESH_GRACE_SECONDS, SESSION_DAYS } from './session-policy.ts';
import type { RefreshExchange, SessionRepository } from './session-repository.ts';
import { issueTokens, type Tokens } from './tokens.ts';

/** What came of an exchange. */
export type RefreshResult =
  | { readonly tokens: Tokens; readonly errors: readonly [] }
  | { readonly tokens: null; readonly errors: readonly UserErrorValue[] };

/** Exchanges refresh tokens. */
export interface RefreshService {
  /**
   * New tokens for a refresh token, once. Within the grace the same successor comes again, since clients lose answers and
   * tabs ask at once; later a second use means that somebody has a copy, and the session ends.
   *
   * @throws RateLimitedError
   */
  refresh(refreshToken: string, client: ClientInfo | undefined): Promise<RefreshResult>;
}

/** What {@link createRefreshService} works with. */
export interface RefreshServiceParts {
  readonly transactor: AuthTransactor;
  readonly sessions: SessionRepository;
  readonly endings: SessionEndings;
  readonly accessTokens: AccessTokens;
  readonly limits: RateLimits;
  /** Keys the chain of tokens. */
  readonly chainKey: Uint8Array;
  readonly log: Logger;
}

/** The same for every reason: a thief must not learn that the theft was noticed. */
const refused = (): RefreshResult => ({
  tokens: null,
  errors: [userError('EXPIRED', 'This session has ended. Log in again.', 'refreshToken')],
});

/** The service of exchanges. */
export function createRefreshService(parts: RefreshServiceParts): RefreshService {
  const { endings, log, sessions, transactor } = parts;

  /** An exchange; a reuse ends the session in the same transaction. */
  const exchange = (request: RefreshExchange) =>
    transactor.run(async (tx) => {
      const result = await sessions.exchange(tx, request);
      if (result.outcome === 'Reused') {
        await endings.end(tx, result.userId, { sessionId: result.sessionId }, 'TokenReuse');
      }
      return result;
    });

  return {
    async refresh(refreshToken, client) {
      const address = addressOf(client);
      await parts.limits.consume('refreshByNetwork', address);
      if (!isRefreshToken(refreshToken)) return refused();
      const successor = successorOf(refreshToken, parts.chainKey);
      const result = await exchange({
        tokenHash: refreshTokenHash(refreshToken),
        successorHash: refreshTokenHash(successor),
        lifetimeDays: SESSION_DAYS,
        graceSeconds: REFRESH_GRACE_SECONDS,
        ipAddress: address === UNKNOWN_ADDRESS ? null : address,
      });
      if (result.outcome === 'Reused') {
        log.warn(
          { userId: result.userId, sessionId: result.sessionId },
          'a refresh token was used again: session ended',
        );
      }
      if (result.outcome === 'Refused' || result.outcome === 'Reused') return refused();
      const refresh = { token: successor, expiresAt: result.expiresAt };
      return { tokens: await issueTokens(parts.accessTokens, result, refresh), errors: [] };
    },
  };
}
