/** How the gateway closes sockets: code and reason. graphql-ws clients retry after all but those marked "final". */
export const CLOSE = {
  /** The gateway stops; another one may take over. */
  goingAway: { code: 1001, reason: 'Going away' },
  /** The socket has been open for as long as one may. */
  expiredLife: { code: 1012, reason: 'Maximum life reached' },
  /** The keys to verify tokens can't be had. */
  tryLater: { code: 1013, reason: 'Try again later' },
  /** The client reads too slowly: its operations were ended with SUBSCRIBER_TOO_SLOW. */
  tooSlow: { code: 1013, reason: 'Subscriber too slow' },
  /** The person has as many sockets open as one may. */
  tooManyConnections: { code: 1013, reason: 'Too many connections' },
  /** Final. A message that is none of the protocol. */
  badRequest: { code: 4400, reason: 'Invalid message received' },
  /** Final. An operation before the handshake was through. */
  unauthorized: { code: 4401, reason: 'Unauthorized' },
  /** Final. The session was ended: only a login helps. */
  revoked: { code: 4401, reason: 'Session revoked' },
  /** The token isn't one of ours, or its key is no longer known: connect again with a fresh one. */
  invalidToken: { code: 4403, reason: 'Invalid token' },
  /** The token expired: connect again with a fresh one. */
  expired: { code: 4403, reason: 'Token expired' },
  /** The token handed in on a live socket is another person's, or allows other things than the one before. */
  otherIdentity: { code: 4403, reason: 'Token of another identity' },
  /** Final. Another subprotocol than graphql-transport-ws. */
  otherProtocol: { code: 4406, reason: 'Subprotocol not acceptable' },
  /** No `connection_init` in time. */
  initTimeout: { code: 4408, reason: 'Connection initialisation timeout' },
  /** Final. The id of an operation that is under way. The reason is made for each, as graphql-ws does. */
  duplicateId: { code: 4409, reason: 'Subscriber already exists' },
  /** Final. A second `connection_init`. */
  secondInit: { code: 4429, reason: 'Too many initialisation requests' },
  /** Final. A fault of the gateway's own. */
  fault: { code: 4500, reason: 'Internal server error' },
} as const;

/** One of {@link CLOSE}. */
export type Closing = (typeof CLOSE)[keyof typeof CLOSE];
