import type { ServerResponse } from 'node:http';
import { AppError, BodyTooLargeError, sendJson } from '@postbook/service-kit/edge';
import { type ErrorFormatter, formatErrors } from '../errors/format-error.ts';
import {
  ConnectionLimitError,
  KeysUnavailableError,
  StoppingError,
  TokenRefusedError,
} from '../errors/gateway-errors.ts';

/** The HTTP request isn't GraphQL over HTTP, or not one that is answered. */
export class BadHttpRequestError extends AppError {
  readonly code = 'BAD_REQUEST';
  readonly status: number;

  constructor(message: string, status = 400) {
    super(message);
    this.status = status;
  }
}

/** The body is of a kind that isn't read. */
export const unsupportedBody = () => new BadHttpRequestError('The body must be application/json.', 415);

/** The HTTP status of a request that is refused before it is executed; 500 for faults of ours. */
export function statusOf(error: unknown): number {
  if (error instanceof BadHttpRequestError) return error.status;
  if (error instanceof TokenRefusedError) return 401;
  if (error instanceof ConnectionLimitError) return 429;
  if (error instanceof BodyTooLargeError) return 413;
  return error instanceof KeysUnavailableError || error instanceof StoppingError ? 503 : 500;
}

/** Methods that `/graphql` answers. */
export const ALLOWED_METHODS = 'GET, POST';

/** Answers with an error, masked, under its status. */
export function sendError(response: ServerResponse, error: unknown, format: ErrorFormatter): void {
  const status = statusOf(error);
  if (status === 405) response.setHeader('allow', ALLOWED_METHODS);
  // The rest of a body that is too large isn't read.
  if (status === 413) response.setHeader('connection', 'close');
  const tooLarge = { message: 'The request is too large.', extensions: { code: 'BODY_TOO_LARGE' } };
  sendJson(response, status, { errors: status === 413 ? [tooLarge] : formatErrors([error], format) });
}
