import type { AccessTokens, TokenSubject } from '../token/access-token.ts';

/** What proves who somebody is, as the graph's `Tokens`. */
export interface Tokens {
  readonly accessToken: string;
  readonly accessTokenExpiresAt: Date;
  readonly refreshToken: string;
  readonly refreshTokenExpiresAt: Date;
}

/** Adds a fresh access token to a refresh token. */
export async function issueTokens(
  accessTokens: AccessTokens,
  subject: TokenSubject,
  refresh: { token: string; expiresAt: Date },
): Promise<Tokens> {
  const access = await accessTokens.issue(subject);
  return {
    accessToken: access.token,
    accessTokenExpiresAt: access.expiresAt,
    refreshToken: refresh.token,
    refreshTokenExpiresAt: refresh.expiresAt,
  };
}
