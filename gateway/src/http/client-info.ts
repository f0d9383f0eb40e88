import type { IncomingMessage } from 'node:http';
import type { ClientInfo } from '@postbook/service-kit';

const LONGEST_USER_AGENT = 512;

/** Where a request came from, as the socket says it. `x-forwarded-for` isn't believed: anybody can send one. */
export function readClientInfo(request: IncomingMessage): ClientInfo {
  const ip = request.socket.remoteAddress ?? 'unknown';
  const userAgent = request.headers['user-agent']?.slice(0, LONGEST_USER_AGENT);
  return userAgent === undefined ? { ip } : { ip, userAgent };
}
