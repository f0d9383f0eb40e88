import { AppError, RateLimitedError } from '@postbook/service-kit/edge';

/** Coordinates named in one refusal. */
const MOST_NAMED_FIELDS = 20;

/**
 * Of `Type.field` only what the client wrote itself: the type would be news to it, and introspection may be off. Each once.
 */
const fieldNames = (coordinates: readonly string[]): string[] =>
  [...new Set(coordinates.map((coordinate) => coordinate.slice(coordinate.indexOf('.') + 1)))].slice(
    0,
    MOST_NAMED_FIELDS,
  );

/** Code of fields that the viewer may not ask for: at each field, or of an operation as a whole. */
export const UNAUTHORIZED_FIELD_OR_TYPE = 'UNAUTHORIZED_FIELD_OR_TYPE';

/** The viewer may not ask for some fields, and the gateway is told to refuse such operations as a whole. */
export class OperationDeniedError extends AppError {
  readonly code = UNAUTHORIZED_FIELD_OR_TYPE;

  /** @param coordinates `Type.field` of what was denied. */
  constructor(coordinates: readonly string[]) {
    super('You may not ask for some fields of this operation.', { details: { fields: fieldNames(coordinates) } });
  }
}

/** The estimated cost is above the limit. Remedy: smaller pages, fewer lists within lists, several operations. */
export class OperationTooExpensiveError extends AppError {
  readonly code = 'COST_ESTIMATED_TOO_EXPENSIVE';

  constructor(estimated: number, maximum: number) {
    super(`The operation costs an estimated ${estimated}; at most ${maximum} are given. Ask for smaller pages.`, {
      details: { estimated, maximum },
    });
  }
}

/** A list must be given exactly one of the arguments that set its length. */
export class SlicingArgumentNeededError extends AppError {
  readonly code = 'COST_QUERY_PARSE_FAILURE';

  /** @param coordinates `Type.field` of the lists. */
  constructor(coordinates: readonly string[]) {
    super('Some lists need exactly one argument that sets their length.', {
      details: { fields: fieldNames(coordinates) },
    });
  }
}

/** Whose calls are limited. */
export type RateLimitScope = 'user' | 'session' | 'address';

/** Too much was asked for within the window. `scope` says by whom. */
export class RateExceededError extends RateLimitedError {
  constructor(retryAfterSeconds: number) {
    super('Too much was asked for in a short time. Wait before the next operation.', retryAfterSeconds);
  }
}

/** Only documents that were registered are run. */
export class DocumentNotTrustedError extends AppError {
  readonly code = 'OPERATION_NOT_TRUSTED';

  constructor() {
    super('This operation is not among those that are known here. Register it, or send one that is.');
  }
}

/** A document was asked for by its digest, and nobody has sent it yet. Remedy: send it once, with its digest. */
export class PersistedQueryNotFoundError extends AppError {
  readonly code = 'PERSISTED_QUERY_NOT_FOUND';

  constructor() {
    // Apollo's clients look at the message, not at the code.
    super('PersistedQueryNotFound');
  }
}

/** What was sent as a persisted query isn't one: of another version, or its digest is another text's. */
export class BadPersistedQueryError extends AppError {
  readonly code = 'BAD_REQUEST';
}
