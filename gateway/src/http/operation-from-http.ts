import type { IncomingMessage } from 'node:http';
import type { OperationRequest } from '../operations/operation-request.ts';
import { BadHttpRequestError } from './http-errors.ts';

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new BadHttpRequestError(`${what} is not valid JSON.`);
  }
}

/** A part that must be an object where it is there at all. */
function readRecord(value: unknown, name: string): Record<string, unknown> | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isRecord(value)) throw new BadHttpRequestError(`"${name}" must be an object.`);
  return value;
}

function readParameters(parameters: Record<string, unknown>): OperationRequest {
  const { query = '', operationName, variables, extensions } = parameters;
  if (typeof query !== 'string') throw new BadHttpRequestError('"query" must be a text.');
  if (operationName !== undefined && operationName !== null && typeof operationName !== 'string') {
    throw new BadHttpRequestError('"operationName" must be a text.');
  }
  return {
    query,
    operationName: operationName ?? undefined,
    variables: readRecord(variables, 'variables'),
    extensions: readRecord(extensions, 'extensions'),
  };
}

/** What a GET asks for; variables and extensions are JSON in the address. */
export function operationFromUrl(url = '/'): OperationRequest {
  const search = new URL(url, 'http://localhost').searchParams;
  const json = (name: string) => {
    const text = search.get(name);
    return text === null || text === '' ? undefined : parseJson(text, `"${name}"`);
  };
  return readParameters({
    query: search.get('query') ?? '',
    operationName: search.get('operationName') ?? undefined,
    variables: json('variables'),
    extensions: json('extensions'),
  });
}

/** What a POST asks for. */
export function operationFromBody(body: string): OperationRequest {
  const parsed = parseJson(body, 'The request body');
  if (!isRecord(parsed)) throw new BadHttpRequestError('The request body must be a JSON object.');
  return readParameters(parsed);
}

/** Whether a request with a body says that it is JSON; nothing else is read. */
export const hasReadableBody = ({ method, headers }: IncomingMessage): boolean =>
  method !== 'POST' || /^application\/json\s*($|;)/i.test(headers['content-type'] ?? '');

/** Content types that a page of any site may send without asking the browser's permission first. */
const SIMPLE_TYPES = ['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain'];

/**
 * Whether the browser asked us first (a preflight), so that a page of another site can't have sent this on a visitor's
 * behalf: the rule of Apollo Server's CSRF prevention, for requests that don't come by it.
 */
export function isPreflighted({ headers }: IncomingMessage): boolean {
  const [type = ''] = (headers['content-type'] ?? '').split(';');
  const media = type.trim().toLowerCase();
  if (media !== '' && !SIMPLE_TYPES.includes(media)) return true;
  return Boolean(headers['x-apollo-operation-name'] || headers['apollo-require-preflight']);
}
