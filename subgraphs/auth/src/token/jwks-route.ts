import type { HttpRoute } from '@postbook/service-kit';
import type { SigningKeys } from './signing-keys.ts';

/** Where verifiers fetch the public keys. */
export const JWKS_PATH = '/.well-known/jwks.json';

/** Seconds a verifier may keep the set. Far shorter than a key is published before it signs. */
const CACHE_SECONDS = 300;

/** Serves the key set (RFC 7517). Public keys only: the one path besides health that needs no signed call. */
export const jwksRoute = (keys: SigningKeys): HttpRoute => ({
  path: JWKS_PATH,
  handle(request, response) {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end();
      return;
    }
    const body = Buffer.from(JSON.stringify(keys.jwks()));
    response.writeHead(200, {
      'content-type': 'application/jwk-set+json',
      'content-length': body.length,
      'cache-control': `public, max-age=${CACHE_SECONDS}`,
    });
    response.end(request.method === 'HEAD' ? undefined : body);
  },
});
