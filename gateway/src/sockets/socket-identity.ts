import type { Logger } from '@postbook/service-kit/edge';
import type { AccessClaims } from '../auth/access-claims.ts';
import { type Authenticator, toViewer } from '../auth/authenticator.ts';
import { ConnectionLimitError, TokenRefusedError } from '../errors/gateway-errors.ts';
import type { ConnectionCaps } from '../limits/connection-caps.ts';
import { CLOSE, type Closing } from './close-codes.ts';
import { type Connection, isClosing } from './connection.ts';
import type { SessionGuard } from './socket-session.ts';

/** What a client is told about a token it handed in on a live socket, in the payload of a pong. */
export type RenewalAnswer =
  | { readonly authorization: 'accepted'; readonly expiresAt: string }
  | { readonly authorization: 'refused'; readonly code: string; readonly reason: string };

/** Who is behind a socket. */
export interface SocketIdentity {
  /** Reads the token of `connection_init`. Returns the payload of the answer, or undefined when the socket is closing. */
  logIn(connection: Connection, params: Readonly<Record<string, unknown>>): Promise<AckPayload | undefined>;
  /** Takes a fresh token. Returns undefined when the socket is closing. */
  renew(connection: Connection, authorization: unknown): Promise<RenewalAnswer | undefined>;
}

/** Payload of `connection_ack`: until when the token is good, for somebody who logged in. */
export type AckPayload = { readonly expiresAt?: string };

/** Options of {@link createSocketIdentity}. */
export interface SocketIdentityOptions {
  readonly authenticator: Authenticator;
  /** Absent when nobody logs in. */
  readonly guard: SessionGuard | undefined;
  readonly caps: ConnectionCaps;
  readonly close: (connection: Connection, closing: Closing) => void;
  readonly log: Logger;
}

/** How a socket is closed whose `connection_init` was refused. */
function closingFor(error: unknown): Closing {
  if (error instanceof ConnectionLimitError) return CLOSE.tooManyConnections;
  if (!(error instanceof TokenRefusedError)) return CLOSE.tryLater;
  switch (error.reason) {
    case 'EXPIRED':
      return CLOSE.expired;
    case 'REVOKED':
      return CLOSE.revoked;
    case 'INVALID':
      return CLOSE.invalidToken;
    default:
      return error.reason satisfies never;
  }
}

/**
 * Whether operations that were admitted for one would have been admitted for the other. A token with another role or
 * other scopes needs a new socket, where everything is admitted anew.
 */
const isSameIdentity = (a: AccessClaims, b: AccessClaims): boolean =>
  a.userId === b.userId && a.role === b.role && [...a.scopes].sort().join(' ') === [...b.scopes].sort().join(' ');

const momentOf = ({ expiresAt }: AccessClaims) => new Date(expiresAt).toISOString();

/** Makes the identities of all sockets. */
export function createSocketIdentity(options: SocketIdentityOptions): SocketIdentity {
  const { authenticator, guard, caps, close, log } = options;

  function adopt(connection: Connection, claims: AccessClaims): void {
    connection.unwatch?.();
    connection.claims = claims;
    connection.viewer = toViewer(claims);
    const unwatch = guard?.watch(claims, (closing) => close(connection, closing));
    // The session may have been revoked just now: then the socket is closing and nobody would end the watch.
    if (isClosing(connection)) unwatch?.();
    else connection.unwatch = unwatch;
  }

  return {
    async logIn(connection, { authorization, Authorization }) {
      try {
        const claims = await authenticator.authenticate(authorization ?? Authorization);
        if (isClosing(connection)) return undefined;
        if (!claims) return {};
        connection.releaseUser = caps.addUserConnection(claims.userId);
        adopt(connection, claims);
        return isClosing(connection) ? undefined : { expiresAt: momentOf(claims) };
      } catch (error) {
        const closing = closingFor(error);
        if (closing === CLOSE.tryLater) log.warn({ err: error }, 'a socket could not be authenticated');
        close(connection, closing);
        return undefined;
      }
    },
    async renew(connection, authorization) {
      try {
        const claims = await authenticator.authenticate(authorization);
        if (isClosing(connection)) return undefined;
        if (!claims || !connection.claims || !isSameIdentity(connection.claims, claims)) {
          close(connection, CLOSE.otherIdentity);
          return undefined;
        }
        adopt(connection, claims);
        return isClosing(connection) ? undefined : { authorization: 'accepted', expiresAt: momentOf(claims) };
      } catch (error) {
        if (isClosing(connection)) return undefined;
        if (error instanceof TokenRefusedError) {
          return { authorization: 'refused', code: error.code, reason: error.reason };
        }
        log.warn({ err: error }, 'a fresh token could not be verified');
        return { authorization: 'refused', code: 'UNAVAILABLE', reason: 'KEYS_UNAVAILABLE' };
      }
    },
  };
}
