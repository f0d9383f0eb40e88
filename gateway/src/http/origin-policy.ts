import type { IncomingMessage, ServerResponse } from 'node:http';

/** Which pages may call the gateway from a browser. */
export interface OriginPolicy {
  /** True for the gateway's own pages, the listed origins, and callers that are no browser (they send no `Origin`). */
  isAllowed(request: IncomingMessage): boolean;
  /** Sets CORS headers. Returns true when the request was a preflight and is answered. */
  apply(request: IncomingMessage, response: ServerResponse): boolean;
}

/** What the graph's clients send. */
const ALLOWED_HEADERS = [
  'accept',
  'authorization',
  'content-type',
  'traceparent',
  'x-request-id',
  'apollo-require-preflight',
  'x-apollo-operation-name',
  'apollographql-client-name',
  'apollographql-client-version',
].join(', ');
/** How long browsers may remember the answer; Chromium doesn't for longer than this. */
const PREFLIGHT_SECONDS = '7200';
/** Where Apollo's Studio and its embedded explorer run. */
const STUDIO_ORIGINS = ['https://studio.apollographql.com', 'https://explorer.embed.apollographql.com'];

/**
 * Browsers don't stop pages of other sites from opening WebSockets, so the origin is checked there by us; over HTTP the
 * headers tell the browser. Credentials are not allowed across origins: tokens travel in a header, never in a cookie.
 */
export function createOriginPolicy(origins: readonly string[], options: { studio?: boolean } = {}): OriginPolicy {
  const listed = new Set([...origins, ...(options.studio ? STUDIO_ORIGINS : [])]);

  const isOwn = ({ headers }: IncomingMessage) =>
    headers.origin !== undefined && URL.parse(headers.origin)?.host === headers.host;

  return {
    isAllowed: (request) =>
      request.headers.origin === undefined || listed.has(request.headers.origin) || isOwn(request),
    apply(request, response) {
      const { origin } = request.headers;
      response.setHeader('vary', 'origin');
      if (origin !== undefined && listed.has(origin)) {
        response.setHeader('access-control-allow-origin', origin);
        response.setHeader('access-control-expose-headers', 'x-request-id, retry-after');
        response.setHeader('access-control-allow-methods', 'GET, POST');
        response.setHeader('access-control-allow-headers', ALLOWED_HEADERS);
        response.setHeader('access-control-max-age', PREFLIGHT_SECONDS);
      }
      if (request.method !== 'OPTIONS') return false;
      response.writeHead(204).end();
      return true;
    },
  };
}
