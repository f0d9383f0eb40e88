import type { IncomingMessage } from 'node:http';
import type { ClientInfo } from '@postbook/service-kit/edge';

/** Tells where a request came from. */
export type ClientInfoReader = (request: IncomingMessage) => ClientInfo;

const LONGEST_USER_AGENT = 512;

/** An IPv4 address that came in over an IPv6 socket, as the IPv4 address it is. */
const plainAddress = (address: string) => address.replace(/^::ffff:(?=\d+\.)/, '');

/**
 * Each proxy appends the address it was called from, so only the last `trustedProxies` entries of `x-forwarded-for` were
 * written by somebody we know; everything before them is whatever the client made up.
 */
function forwardedAddress(request: IncomingMessage, trustedProxies: number): string | undefined {
  const header = request.headers['x-forwarded-for'];
  const hops = String(header ?? '').split(',');
  return trustedProxies === 0 ? undefined : hops.at(-trustedProxies)?.trim() || undefined;
}

/** Makes a reader for a gateway with that many proxies in front of it. */
export const createClientInfoReader =
  (trustedProxies: number): ClientInfoReader =>
  (request) => {
    const ip = plainAddress(forwardedAddress(request, trustedProxies) ?? request.socket.remoteAddress ?? 'unknown');
    const userAgent = request.headers['user-agent']?.slice(0, LONGEST_USER_AGENT);
    return userAgent === undefined ? { ip } : { ip, userAgent };
  };
