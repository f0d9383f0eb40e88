import { createHash } from 'node:crypto';
import { IdempotencyConflictError } from '../errors/app-error.ts';

/**
 * Fingerprint of a request, kept with what it created: equal for equal parts, in base64url. Of the request and not of the
 * row, which may have been edited since.
 */
export const requestFingerprint = (...parts: readonly unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url');

/** The id was used for another request. Said of a message and of a mutation alike. */
export const idempotencyConflict = (argument: string): IdempotencyConflictError =>
  new IdempotencyConflictError(`This ${argument} was used for another request. Use a new one.`, {
    details: { argument },
  });
