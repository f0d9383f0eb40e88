import { errors, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import { KeysUnavailableError, TokenRefusedError } from '../errors/gateway-errors.ts';
import { type AccessClaims, readClaims } from './access-claims.ts';
import type { KeySource } from './key-source.ts';

/** Checks signature, issuer, audience and times of access tokens. */
export interface TokenVerifier {
  /**
   * @throws TokenRefusedError (EXPIRED or INVALID), KeysUnavailableError.
   */
  verify(token: string): Promise<AccessClaims>;
  /** Forgets verified tokens, because other keys are in force. */
  forget(): void;
}

/** Options of {@link createTokenVerifier}. */
export interface TokenVerifierOptions {
  readonly keys: KeySource;
  readonly issuer: string;
  readonly audience: string;
  /** Milliseconds since 1970. Default: the clock. */
  readonly now?: () => number;
}

/** Verified tokens kept, so that a client's hundredth request doesn't cost a signature check. */
const REMEMBERED_TOKENS = 20_000;
/** Longest text looked at: real tokens are a tenth of it. */
const LONGEST_TOKEN = 8_192;
/** How far clocks may be apart, in seconds, for tokens from the future. */
const CLOCK_TOLERANCE_S = 5;

/** Makes a verifier for EdDSA tokens; no other algorithm is accepted, whatever the token's header says. */
export function createTokenVerifier(options: TokenVerifierOptions): TokenVerifier {
  const now = options.now ?? Date.now;
  const verified = new LRUCache<string, AccessClaims>({ max: REMEMBERED_TOKENS });

  async function check(token: string): Promise<AccessClaims> {
    try {
      const { payload } = await jwtVerify(token, options.keys, {
        algorithms: ['EdDSA', 'Ed25519'],
        issuer: options.issuer,
        audience: options.audience,
        requiredClaims: ['sub', 'sid', 'exp', 'iat'],
        clockTolerance: CLOCK_TOLERANCE_S,
        currentDate: new Date(now()),
      });
      const claims = readClaims(payload);
      if (!claims) throw new TokenRefusedError('INVALID');
      return claims;
    } catch (error) {
      if (error instanceof KeysUnavailableError || error instanceof TokenRefusedError) throw error;
      throw new TokenRefusedError(error instanceof errors.JWTExpired ? 'EXPIRED' : 'INVALID', error);
    }
  }

  return {
    async verify(token) {
      if (token.length > LONGEST_TOKEN) throw new TokenRefusedError('INVALID');
      const claims = verified.get(token) ?? (await check(token));
      if (claims.expiresAt <= now()) throw new TokenRefusedError('EXPIRED');
      verified.set(token, claims);
      return claims;
    },
    forget: () => verified.clear(),
  };
}
