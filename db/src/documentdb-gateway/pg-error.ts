/** What PostgreSQL, or the way to it, has to say about a failure. */
export class PgError extends Error {
  override readonly name = 'PgError';
  /** SQLSTATE; connection failures carry class 08. */
  readonly code: string;
  readonly detail: string | undefined;

  constructor(code: string, message: string, detail?: string) {
    super(message);
    this.code = code;
    this.detail = detail;
  }
}

/** SQLSTATE of a connection that broke or could not be made. */
export const CONNECTION_FAILURE = '08006';
/** The server is starting up, shutting down or recovering. */
export const CANNOT_CONNECT_NOW = '57P03';
/** Another transaction has changed the same thing since this one began. */
export const SERIALIZATION_FAILURE = '40001';
const CONFLICTS: ReadonlySet<string> = new Set([SERIALIZATION_FAILURE, '40P01']);
/** How DocumentDB puts it that another transaction has just created the same collection or database. */
const CREATED_BY_ANOTHER = /^Unable to create (?:the specified collection|metadata database sentinel collection)/;

/** Whether two transactions changed the same thing, or waited for each other: running it again may succeed. */
export function isConflict(error: unknown): error is PgError {
  return error instanceof PgError && (CONFLICTS.has(error.code) || CREATED_BY_ANOTHER.test(error.message));
}

/** Whether this failure means that the server, not the statement, is the trouble. */
export function isServerGone(error: unknown): boolean {
  return error instanceof PgError && /^(08|57P0[123])/.test(error.code);
}
