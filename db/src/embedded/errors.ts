import type { StoreName } from './types.ts';

/** What a person can set instead when a store cannot be embedded on this machine. */
export const URL_VARIABLE: Readonly<Record<StoreName, string>> = {
  postgres: 'POSTGRES_URL',
  mongodb: 'MONGODB_URL',
  redis: 'REDIS_URL',
};

/**
 * A store could not be installed, started or stopped. The message says what failed and ends with the remedy, including
 * the variable that points at a store of one's own; `cause` keeps the original error.
 */
export class EmbeddedStoreError extends Error {
  override readonly name = 'EmbeddedStoreError';
  readonly store: StoreName | 'all';

  constructor(store: StoreName | 'all', message: string, options: { remedy: string; cause?: unknown }) {
    super(`${message}\nRemedy: ${options.remedy}`, options.cause === undefined ? undefined : { cause: options.cause });
    this.store = store;
  }
}

/** The sentence every remedy can fall back on: use a server of one's own. */
export function useOwnServer(store: StoreName): string {
  return `set ${URL_VARIABLE[store]} to a server of your own.`;
}

/** Wraps anything thrown while a store was prepared, keeping an `EmbeddedStoreError` as it is. */
export function asStoreError(store: StoreName, doing: string, cause: unknown): EmbeddedStoreError {
  if (cause instanceof EmbeddedStoreError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new EmbeddedStoreError(store, `${doing} failed: ${reason}`, { remedy: useOwnServer(store), cause });
}
