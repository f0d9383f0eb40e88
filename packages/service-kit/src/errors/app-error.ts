/** What a client may see of a failure besides its message. */
export interface ErrorExtensions {
  /** Stable, listed in docs/errors.md. Clients branch on it, never on the message. */
  readonly code: string;
  readonly [detail: string]: unknown;
}

/**
 * A failure that clients are told about: its message and extensions are meant for them. Everything else that is thrown
 * is a fault of ours and reaches them masked.
 *
 * The `extensions` property is what graphql-js carries over into the response.
 */
export abstract class AppError extends Error {
  abstract readonly code: string;
  private readonly details: Readonly<Record<string, unknown>>;

  constructor(message: string, options: { cause?: unknown; details?: Readonly<Record<string, unknown>> } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.details = options.details ?? {};
  }

  /** The `extensions` of the GraphQL error. */
  get extensions(): ErrorExtensions {
    return { ...this.details, code: this.code };
  }
}

/** The caller isn't logged in, or their token is no longer good. Remedy: log in or refresh. */
export class UnauthenticatedError extends AppError {
  readonly code = 'UNAUTHENTICATED';
}

/** The caller is known and may not do this. */
export class ForbiddenError extends AppError {
  readonly code = 'FORBIDDEN';
}

/** What was asked for doesn't exist, or the caller may not know that it does. */
export class NotFoundError extends AppError {
  readonly code = 'NOT_FOUND';
}

/** An argument can't be right whoever asks: a malformed id or cursor, a page too large. */
export class BadUserInputError extends AppError {
  readonly code = 'BAD_USER_INPUT';
}

/** The same `clientMutationId` was used for another request. Remedy: a new id. */
export class IdempotencyConflictError extends AppError {
  readonly code = 'IDEMPOTENCY_CONFLICT';
}

/** Somebody else changed it meanwhile. Remedy: read again and retry. */
export class ConflictError extends AppError {
  readonly code = 'CONFLICT';
}

/** Too many calls. `retryAfterSeconds` says when to try again. */
export class RateLimitedError extends AppError {
  readonly code = 'RATE_LIMITED';

  constructor(message: string, retryAfterSeconds: number) {
    super(message, { details: { retryAfterSeconds } });
  }
}

/** A part that is needed doesn't answer. Remedy: retry after a moment. */
export class UnavailableError extends AppError {
  readonly code = 'UNAVAILABLE';
}
