import { randomUUID } from 'node:crypto';
import type { Role } from '@postbook/service-kit';
import { SignJWT } from 'jose';
import type { SigningKeys } from './signing-keys.ts';

/** How long an access token is good, in seconds. */
export const ACCESS_TOKEN_SECONDS = 10 * 60;

/** Whom a token stands for. */
export interface TokenSubject {
  readonly userId: string;
  readonly sessionId: string;
  readonly role: Role;
}

/** A signed access token. */
export interface AccessToken {
  readonly token: string;
  readonly expiresAt: Date;
}

/** What a login of the given role may be used for. Tokens for less than that come with third-party clients. */
const SCOPES: Readonly<Record<Role, readonly string[]>> = {
  User: ['user'],
  Moderator: ['user', 'moderate'],
  Admin: ['user', 'moderate', 'administer'],
};

/** Makes access tokens: JWTs (RFC 9068) with `sub`, `sid`, `role` and `scopes`, signed with EdDSA. */
export function createAccessTokens(options: {
  keys: SigningKeys;
  issuer: string;
  audience: string;
  now?: () => number;
}) {
  const now = options.now ?? Date.now;
  return {
    /** A token that is good for ten minutes from now. */
    async issue({ userId, sessionId, role }: TokenSubject): Promise<AccessToken> {
      const { kid, privateKey } = options.keys.current();
      // With its fraction: a token of the same second as a revocation, but after it, must be good.
      const issuedAt = now() / 1000;
      const expiresAt = issuedAt + ACCESS_TOKEN_SECONDS;
      const token = await new SignJWT({ sid: sessionId, role, scopes: SCOPES[role] })
        .setProtectedHeader({ alg: 'EdDSA', kid, typ: 'at+jwt' })
        .setIssuer(options.issuer)
        .setAudience(options.audience)
        .setSubject(userId)
        .setJti(randomUUID())
        .setIssuedAt(issuedAt)
        .setExpirationTime(expiresAt)
        .sign(privateKey);
      return { token, expiresAt: new Date(expiresAt * 1000) };
    },
  };
}

/** What {@link createAccessTokens} returns. */
export type AccessTokens = ReturnType<typeof createAccessTokens>;
