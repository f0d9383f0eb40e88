import type { AccessClaims } from '../auth/access-claims.ts';
import type { RevocationSource } from '../auth/revocation-source.ts';
import { CLOSE, type Closing } from './close-codes.ts';

/** Watches over the sessions of open sockets. */
export interface SessionGuard {
  /**
   * Closes the socket once the token expires or its session is revoked, at once if either is already so.
   *
   * @returns how to stop watching.
   */
  watch(claims: AccessClaims, close: (closing: Closing) => void): () => void;
  stop(): void;
}

/** Longest delay that timers of the platform can have, in milliseconds. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

interface Watched {
  readonly claims: AccessClaims;
  readonly close: (closing: Closing) => void;
}

/** An index of the watched by one of their ids, so that a revocation finds its sockets among ten thousand. */
function createIndex(idOf: (claims: AccessClaims) => string) {
  const byId = new Map<string, Set<Watched>>();
  return {
    add(watched: Watched) {
      const id = idOf(watched.claims);
      const set = byId.get(id) ?? new Set();
      byId.set(id, set.add(watched));
    },
    delete(watched: Watched) {
      const id = idOf(watched.claims);
      const set = byId.get(id);
      set?.delete(watched);
      if (set?.size === 0) byId.delete(id);
    },
    get: (id: string): readonly Watched[] => [...(byId.get(id) ?? [])],
  };
}

/** Makes the guard. `now` is in milliseconds since 1970. */
export function createSessionGuard(options: {
  revocations: Pick<RevocationSource, 'isRevoked' | 'onRevoked'>;
  now?: () => number;
}): SessionGuard {
  const { revocations, now = Date.now } = options;
  const bySession = createIndex((claims) => claims.sessionId);
  const byUser = createIndex((claims) => claims.userId);

  const stopListening = revocations.onRevoked((revocation) => {
    const affected =
      revocation.kind === 'session' ? bySession.get(revocation.sessionId) : byUser.get(revocation.userId);
    for (const { claims, close } of affected) if (revocations.isRevoked(claims)) close(CLOSE.revoked);
  });

  return {
    watch(claims, close) {
      const watched = { claims, close };
      bySession.add(watched);
      byUser.add(watched);
      const delay = Math.min(Math.max(claims.expiresAt - now(), 0), LONGEST_DELAY_MS);
      const timer = setTimeout(() => close(CLOSE.expired), delay);
      // Revoked between the check of the token and now: the listener wasn't told of this socket.
      if (revocations.isRevoked(claims)) close(CLOSE.revoked);
      return () => {
        clearTimeout(timer);
        bySession.delete(watched);
        byUser.delete(watched);
      };
    },
    stop: stopListening,
  };
}
