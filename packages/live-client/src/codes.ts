/**
 * Codes of errors after which subscribing again, from the last cursor, is what to do. All others are final: they say that
 * the operation is wrong, or that one may not have it.
 */
export const RESUMABLE_CODES: ReadonlySet<string> = new Set([
  'SUBGRAPH_UNAVAILABLE',
  'SUBSCRIBER_TOO_SLOW',
  'UNAVAILABLE',
  'CONNECTION_EXPIRED',
  'CONNECTION_LIMIT_EXCEEDED',
  'RATE_LIMITED',
]);

/**
 * Close codes after which connecting again would end the same way, so that `sink.error` gets the close event: 1009 (a
 * message was too large), 4400 (none of the protocol), 4401 (the session was revoked: log in again), 4406, 4409, 4429,
 * 4500. graphql-ws has these by itself; they are here to be told of.
 */
export const FINAL_CLOSE_CODES: ReadonlySet<number> = new Set([1009, 4400, 4401, 4406, 4409, 4429, 4500]);

/** The part of an error that decides what becomes of a subscription. */
export interface CodedError {
  readonly message: string;
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

/** The codes of a list of errors; an error without one has the empty code, which is final. */
export const codesOf = (errors: readonly CodedError[]): string[] =>
  errors.map(({ extensions }) => (typeof extensions?.code === 'string' ? extensions.code : ''));

/** How long a service asks to be left alone, in milliseconds; 0 when it doesn't. */
export const retryAfterOf = (errors: readonly CodedError[]): number =>
  Math.max(0, ...errors.map(({ extensions }) => Number(extensions?.retryAfterSeconds ?? 0) * 1_000 || 0));
