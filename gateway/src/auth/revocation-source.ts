import type { Component } from '@postbook/service-kit/edge';
import type { AccessClaims } from './access-claims.ts';

/** What a revocation is compared with. */
export type RevocableClaims = Pick<AccessClaims, 'userId' | 'sessionId' | 'issuedAt'>;

/** One session was ended, or all tokens of a person that were issued before a moment (milliseconds since 1970). */
export type Revocation =
  | { readonly kind: 'session'; readonly sessionId: string }
  | { readonly kind: 'user'; readonly userId: string; readonly notBefore: number };

/** Which tokens are no longer good although their signature and times are. */
export interface RevocationSource extends Component {
  /** Answered from memory: it is asked at every request. */
  isRevoked(claims: RevocableClaims): boolean;
  /** Called for each new revocation, once. Returns how to stop listening. */
  onRevoked(listener: (revocation: Revocation) => void): () => void;
}
