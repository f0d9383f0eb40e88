import type { RevocableClaims, Revocation } from './revocation-source.ts';

/** The revocations that a gateway knows, in memory. */
export interface RevocationList {
  /** Returns true when it wasn't known yet. */
  add(revocation: Revocation): boolean;
  isRevoked(claims: RevocableClaims): boolean;
  readonly size: number;
}

/** How long a revocation is kept, in milliseconds: longer than any access token lives (10 minutes). */
export const REVOCATION_KEPT_MS = 3_600_000;

/** Makes a list that forgets revocations once no token they concern can still be valid. */
export function createRevocationList(options: { now?: () => number } = {}): RevocationList {
  const now = options.now ?? Date.now;
  const sessions = new Map<string, { readonly addedAt: number }>();
  const users = new Map<string, { readonly addedAt: number; readonly notBefore: number }>();

  /** Maps keep the order of insertion, so the old ones are at the front. */
  function forgetOld(): void {
    for (const map of [sessions, users]) {
      for (const [key, { addedAt }] of map) {
        if (addedAt > now() - REVOCATION_KEPT_MS) break;
        map.delete(key);
      }
    }
  }

  function addUser(userId: string, notBefore: number): boolean {
    const known = users.get(userId);
    if (known && known.notBefore >= notBefore) return false;
    users.delete(userId);
    users.set(userId, { addedAt: now(), notBefore });
    return true;
  }

  function addSession(sessionId: string): boolean {
    const isNew = !sessions.has(sessionId);
    sessions.delete(sessionId);
    sessions.set(sessionId, { addedAt: now() });
    return isNew;
  }

  return {
    add(revocation) {
      forgetOld();
      return revocation.kind === 'session'
        ? addSession(revocation.sessionId)
        : addUser(revocation.userId, revocation.notBefore);
    },
    isRevoked({ sessionId, userId, issuedAt }) {
      return sessions.has(sessionId) || issuedAt < (users.get(userId)?.notBefore ?? 0);
    },
    get size() {
      return sessions.size + users.size;
    },
  };
}
