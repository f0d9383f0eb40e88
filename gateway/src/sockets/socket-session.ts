import type { AccessClaims } from '../auth/access-claims.ts';
import type { RevocationSource } from '../auth/revocation-source.ts';
import { CLOSE, type Closing } from './close-codes.ts';
import { createDeadlines, type Scheduled } from './deadlines.ts';

/** Watches over the sessions of open sockets and event streams. */
export interface SessionGuard {
  /**
   * Closes the socket once the token expires or its session is revoked, at once if either is already so.
   *
   * @returns how to stop watching.
   */
  watch(claims: AccessClaims, close: (closing: Closing) => void): () => void;
  stop(): void;
}

interface Watched extends Scheduled {
  readonly claims: AccessClaims;
  readonly close: (closing: Closing) => void;
}

/**
 * An index of the watched by one of their ids, so that a revocation finds its sockets among ten thousand. Most ids have
 * one socket, which needs no set around it.
 */
function createIndex(idOf: (claims: AccessClaims) => string) {
  const byId = new Map<string, Watched | Set<Watched>>();
  return {
    add(watched: Watched) {
      const id = idOf(watched.claims);
      const known = byId.get(id);
      if (known instanceof Set) known.add(watched);
      else byId.set(id, known ? new Set([known, watched]) : watched);
    },
    delete(watched: Watched) {
      const id = idOf(watched.claims);
      const known = byId.get(id);
      if (known instanceof Set) known.delete(watched);
      if (known === watched || (known instanceof Set && known.size === 0)) byId.delete(id);
    },
    get(id: string): readonly Watched[] {
      const known = byId.get(id);
      if (known === undefined) return [];
      return known instanceof Set ? [...known] : [known];
    },
  };
}

/** Makes the guard. `now` is in milliseconds since 1970. */
export function createSessionGuard(options: {
  revocations: Pick<RevocationSource, 'isRevoked' | 'onRevoked'>;
  now?: () => number;
}): SessionGuard {
  const { revocations } = options;
  const bySession = createIndex((claims) => claims.sessionId);
  const byUser = createIndex((claims) => claims.userId);
  const expiries = createDeadlines<Watched>({
    onDue: ({ close }) => close(CLOSE.expired),
    ...(options.now ? { now: options.now } : {}),
  });

  const stopListening = revocations.onRevoked((revocation) => {
    const affected =
      revocation.kind === 'session' ? bySession.get(revocation.sessionId) : byUser.get(revocation.userId);
    for (const { claims, close } of affected) if (revocations.isRevoked(claims)) close(CLOSE.revoked);
  });

  return {
    watch(claims, close) {
      const watched = { claims, close, tick: 0 };
      bySession.add(watched);
      byUser.add(watched);
      expiries.set(watched, claims.expiresAt);
      // Revoked between the check of the token and now: the listener wasn't told of this socket.
      if (revocations.isRevoked(claims)) close(CLOSE.revoked);
      return () => {
        expiries.clear(watched);
        bySession.delete(watched);
        byUser.delete(watched);
      };
    },
    stop: stopListening,
  };
}
