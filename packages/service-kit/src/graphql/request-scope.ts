import { UnauthenticatedError } from '../errors/app-error.ts';
import type { InternalIdentity } from '../identity/internal-identity.ts';
import type { Viewer } from '../identity/viewer.ts';

/** What every subgraph's context has: who calls, as the gateway vouches for it. */
export interface RequestScope {
  readonly identity: InternalIdentity;
}

/** The person behind the request, or undefined for the anonymous. */
export const viewerOf = (scope: RequestScope): Viewer | undefined => scope.identity.viewer;

/** @throws UnauthenticatedError for the anonymous. */
export function requireViewer(scope: RequestScope): Viewer {
  const { viewer } = scope.identity;
  if (viewer) return viewer;
  throw new UnauthenticatedError('Log in first: send an access token as "authorization: Bearer …".');
}
