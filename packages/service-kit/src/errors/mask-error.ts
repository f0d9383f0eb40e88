import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { Logger } from '../logging/logger.ts';
import { currentRequestTrace } from '../logging/request-scope.ts';
import { AppError } from './app-error.ts';

/** Codes that graphql-js and Apollo Server give to a request that is wrong in itself. Their messages are for clients. */
const REQUEST_ERROR_CODES = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'BAD_REQUEST',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
  'METHOD_NOT_ALLOWED',
]);

/** What clients read in place of a fault of ours. */
export const MASKED_MESSAGE = 'Something went wrong on our side. Retry, and report the request id if it stays.';

function rootCause(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError ? rootCause(error.originalError) : error;
}

/**
 * The one place that decides what a client sees of an error. An {@link AppError} and errors of the request itself pass;
 * anything else is logged in full and replaced by a message without content and the request's id.
 */
export function maskError(formatted: GraphQLFormattedError, error: unknown, log: Logger): GraphQLFormattedError {
  const cause = rootCause(error);
  const location = {
    ...(formatted.path ? { path: formatted.path } : {}),
    ...(formatted.locations ? { locations: formatted.locations } : {}),
  };
  if (cause instanceof AppError) return { message: cause.message, ...location, extensions: { ...cause.extensions } };
  const code = formatted.extensions?.code;
  // Errors without an original one were made by graphql-js itself: a query that doesn't parse, a variable that doesn't fit.
  if (cause instanceof GraphQLError && (code === undefined || REQUEST_ERROR_CODES.has(String(code)))) {
    return { message: formatted.message, ...location, extensions: { code: code ?? 'BAD_USER_INPUT' } };
  }
  log.error({ err: cause, path: formatted.path }, 'unexpected error while executing an operation');
  const requestId = currentRequestTrace()?.requestId;
  return {
    message: MASKED_MESSAGE,
    ...location,
    extensions: { code: 'INTERNAL_SERVER_ERROR', ...(requestId ? { requestId } : {}) },
  };
}
