import { ForbiddenError, UnauthenticatedError } from '../errors/app-error.ts';
import type { InternalIdentity } from '../identity/internal-identity.ts';
import type { Viewer } from '../identity/viewer.ts';
import type { LiveRequest } from '../live/live-protocol.ts';

/** What every subgraph's context has: who calls, as the gateway vouches for it. */
export interface RequestScope {
  readonly identity: InternalIdentity;
  /** What a subscription asks of the live protocol; absent for one that is answered by itself. See `openLive`. */
  readonly live?: LiveRequest | undefined;
}

/** The person behind the request, or undefined for the anonymous. */
export const viewerOf = (scope: RequestScope): Viewer | undefined => scope.identity.viewer;

/** @throws UnauthenticatedError for the anonymous. */
export function requireViewer(scope: RequestScope): Viewer {
  const { viewer } = scope.identity;
  if (viewer) return viewer;
  throw new UnauthenticatedError('Log in first: send an access token as "authorization: Bearer …".');
}

/**
 * For what services tell each other and nobody else, such as feeds of changes. Fields behind it are `@inaccessible`, so
 * the gateway can't be asked for them; this holds when somebody forgets that.
 *
 * @returns the name of the service that asks.
 * @throws ForbiddenError for calls on behalf of a person or of nobody.
 */
export function requireService(scope: RequestScope): string {
  const { service } = scope.identity;
  if (service) return service;
  throw new ForbiddenError('Only services of the graph may ask for this.');
}
