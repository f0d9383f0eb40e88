/** Thrown by a handler to be tried again later without the try being counted, for instance while a dependency is away. */
export class RetryLaterError extends Error {
  override readonly name = 'RetryLaterError';
}

const NETWORK_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'UND_ERR_SOCKET',
  'UND_ERR_CONNECT_TIMEOUT',
  // postgres.js
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  'CONNECT_TIMEOUT',
  // PostgreSQL: shutting down, starting up, too many connections, serialisation failure, deadlock
  '57P01',
  '57P02',
  '57P03',
  '53300',
  '40001',
  '40P01',
]);

const DRIVER_NAMES =
  /^(Mongo(Network|ServerSelection|PoolCleared|WaitQueueTimeout|NotConnected|TopologyClosed).*|RetryLaterError)$/;

/** Whether a failure comes from a store or peer being away and not from the event. Looks at causes too. */
export const isTransientError = (error: unknown): boolean => {
  for (let current = error, depth = 0; current instanceof Error && depth < 5; current = current.cause, depth += 1) {
    if (DRIVER_NAMES.test(current.name)) return true;
    if ('code' in current && NETWORK_CODES.has(String(current.code))) return true;
    const labelled = current as { hasErrorLabel?: (label: string) => boolean };
    if (labelled.hasErrorLabel?.('TransientTransactionError')) return true;
  }
  return false;
};
