import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

/** Whether a request may read what is for operators: metrics, and what is wrong with which part. */
export type OperatorAccess = (request: IncomingMessage) => boolean;

function isToken(given: string | undefined, token: string): boolean {
  const expected = Buffer.from(`Bearer ${token}`);
  const actual = Buffer.from(given ?? '');
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}

/**
 * Lets in who shows the operators' token; without one, only processes of this machine. A request that a proxy passed on
 * comes from elsewhere, whatever its address.
 *
 * @param token `OPERATOR_TOKEN`.
 */
export const createOperatorAccess =
  (token: string | undefined): OperatorAccess =>
  (request) => {
    if (token) return isToken(request.headers.authorization, token);
    const wasForwarded = request.headers['x-forwarded-for'] !== undefined || request.headers.forwarded !== undefined;
    return !wasForwarded && LOOPBACK.has(request.socket.remoteAddress ?? '');
  };
