import { createIdentitySigner, type IdentitySigner, type Logger } from '@postbook/service-kit/edge';
import type { AuthConfig } from '../config.ts';
import { createSessionGuard, type SessionGuard } from '../sockets/socket-session.ts';
import { type Authenticator, anonymousAuthenticator, createAuthenticator } from './authenticator.ts';
import { createKeySource } from './key-source.ts';
import { createRedisRevocations } from './redis-revocations.ts';
import type { RevocationSource } from './revocation-source.ts';
import { createTokenVerifier } from './token-verifier.ts';

/** The parts of the gateway that know who is who. */
export interface Auth {
  readonly authenticator: Authenticator;
  /** Absent when calls to subgraphs aren't signed. */
  readonly signer: IdentitySigner | undefined;
  /** Absent when nobody logs in. */
  readonly guard: SessionGuard | undefined;
  readonly revocations: RevocationSource | undefined;
}

/** What tests put in place of parts. */
export interface AuthOverrides {
  readonly revocations?: RevocationSource | undefined;
}

/** Puts the parts together; without a configuration everybody is anonymous. */
export function createAuth(config: AuthConfig | undefined, log: Logger, overrides: AuthOverrides = {}): Auth {
  if (!config) {
    return { authenticator: anonymousAuthenticator, signer: undefined, guard: undefined, revocations: undefined };
  }
  const revocations =
    overrides.revocations ?? createRedisRevocations({ url: config.redisUrl, namespace: config.redisNamespace, log });
  const keys = createKeySource({ url: config.jwksUrl, log, onChange: () => verifier.forget() });
  const verifier = createTokenVerifier({ keys, issuer: config.issuer, audience: config.audience });
  return {
    authenticator: createAuthenticator({ verifier, revocations }),
    signer: createIdentitySigner({ secret: config.identitySecret }),
    guard: createSessionGuard({ revocations }),
    revocations,
  };
}
