import type { GatewayContext } from '../context.ts';

const identities = new WeakMap<GatewayContext, string>();

/**
 * All that a subgraph learns of who asks, and so all that its answer can depend on: person, session, role and scopes, and
 * the address and program of the client. Two contexts with the same identity may be given the same answer.
 */
export function identityOf(context: GatewayContext): string {
  const known = identities.get(context);
  if (known !== undefined) return known;
  const { viewer, client } = context;
  const person = viewer ? [viewer.userId, viewer.sessionId, viewer.role, ...[...viewer.scopes].sort()] : [];
  const identity = JSON.stringify([client.ip, client.userAgent ?? null, person]);
  identities.set(context, identity);
  return identity;
}

/**
 * Whose changes a query must see: those of the person in any of their sessions; of anonymous clients, those of the address.
 */
export const personOf = ({ viewer, client }: GatewayContext): string =>
  viewer ? `user ${viewer.userId}` : `address ${client.ip}`;
