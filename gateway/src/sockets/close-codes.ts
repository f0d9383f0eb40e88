/** How the gateway closes sockets: code and reason. graphql-ws clients retry after all but those marked "final". */
export const CLOSE = {
  /** The gateway stops; another one may take over. */
  goingAway: { code: 1001, reason: 'Going away' },
  /** The client reads too slowly, or the keys to verify tokens can't be had. */
  tryLater: { code: 1013, reason: 'Try again later' },
  /** Final. The session was ended: only a login helps. */
  revoked: { code: 4401, reason: 'Session revoked' },
  /** The token isn't one of ours, or its key is no longer known: connect again with a fresh one. */
  invalidToken: { code: 4403, reason: 'Invalid token' },
  /** The token expired: connect again with a fresh one. */
  expired: { code: 4403, reason: 'Token expired' },
  /** Final. A fault of the gateway's own. */
  fault: { code: 4500, reason: 'Internal server error' },
} as const;

/** One of {@link CLOSE}. */
export type Closing = (typeof CLOSE)[keyof typeof CLOSE];
