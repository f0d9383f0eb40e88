import type { Viewer } from '@postbook/service-kit/edge';
import { TokenRefusedError } from '../errors/gateway-errors.ts';
import type { AccessClaims } from './access-claims.ts';
import type { RevocationSource } from './revocation-source.ts';
import type { TokenVerifier } from './token-verifier.ts';

/** Who is behind a request. */
export interface Authenticator {
  /**
   * Reads the value of an `authorization` header, or what a socket sent in its place.
   *
   * @returns the claims of the token, or undefined when there is none: the request is anonymous.
   * @throws TokenRefusedError, KeysUnavailableError.
   */
  authenticate(authorization: unknown): Promise<AccessClaims | undefined>;
}

/** For `GATEWAY_AUTH=off`: everybody is anonymous and tokens aren't looked at. */
export const anonymousAuthenticator: Authenticator = { authenticate: async () => undefined };

const readBearer = (authorization: unknown): string | undefined => {
  if (authorization === undefined || authorization === null || authorization === '') return undefined;
  const token = typeof authorization === 'string' ? /^Bearer +([\w.-]+)$/i.exec(authorization)?.[1] : undefined;
  // Somebody who means to be logged in must not silently become anonymous.
  if (token === undefined) throw new TokenRefusedError('INVALID');
  return token;
};

/** Verifies tokens, and refuses those that were revoked. */
export function createAuthenticator(options: {
  verifier: TokenVerifier;
  revocations: Pick<RevocationSource, 'isRevoked'>;
}): Authenticator {
  return {
    async authenticate(authorization) {
      const token = readBearer(authorization);
      if (token === undefined) return undefined;
      const claims = await options.verifier.verify(token);
      if (options.revocations.isRevoked(claims)) throw new TokenRefusedError('REVOKED');
      return claims;
    },
  };
}

/** The person, as subgraphs are told. */
export const toViewer = ({ userId, sessionId, role, scopes }: AccessClaims): Viewer => ({
  userId,
  sessionId,
  role,
  scopes,
});
