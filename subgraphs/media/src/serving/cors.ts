import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * Lets pages of any origin bring and fetch files: neither cookies nor headers of a browser allow anything here, the URL
 * does, and whoever has that needs no page.
 *
 * @returns whether the request was a preflight, and is answered.
 */
export function allowAnyOrigin(request: IncomingMessage, response: ServerResponse, ...methods: string[]): boolean {
  response.setHeader('access-control-allow-origin', '*');
  response.setHeader('access-control-expose-headers', 'content-length, content-range, accept-ranges, etag');
  if (request.method !== 'OPTIONS') return false;
  response.writeHead(204, {
    'access-control-allow-methods': [...methods, 'OPTIONS'].join(', '),
    'access-control-allow-headers': 'content-type, range, if-none-match',
    'access-control-max-age': '86400',
  });
  response.end();
  return true;
}
