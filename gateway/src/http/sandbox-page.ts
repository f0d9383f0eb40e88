import { randomBytes } from 'node:crypto';
import { type HttpRoute, sendJson, sendText } from '@postbook/service-kit/edge';

const SANDBOX = 'https://embeddable-sandbox.cdn.apollographql.com';

const page = (nonce: string) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>PostBook</title>
<style nonce="${nonce}">html, body, #sandbox { height: 100%; margin: 0 } iframe { border: 0; width: 100%; height: 100% }</style>
<div id="sandbox"><noscript>Apollo Sandbox needs scripts.</noscript></div>
<script nonce="${nonce}" src="${SANDBOX}/_latest/embeddable-sandbox.umd.production.min.js"></script>
<script nonce="${nonce}">
  new window.EmbeddedSandbox({ target: '#sandbox', initialEndpoint: location.origin + '/graphql', includeCookies: false });
</script>
`;

const policy = (nonce: string) =>
  [
    "default-src 'none'",
    `script-src 'nonce-${nonce}' ${SANDBOX}`,
    `style-src 'nonce-${nonce}' 'unsafe-inline'`,
    `frame-src https://sandbox.embed.apollographql.com`,
    "connect-src 'self' ws: wss:",
    `img-src data: https://*.apollographql.com`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

/**
 * Apollo Sandbox at `/`: the browser loads it from Apollo, so it needs a connection there; the gateway itself calls nobody
 * for it. The policy lets this page load from Apollo alone, and run no script but these two.
 */
export function createSandboxPage(): HttpRoute['handle'] {
  return (request, response) => {
    const path = (request.url ?? '/').split('?', 1)[0];
    if (path !== '/' && path !== '/index.html') return sendJson(response, 404, { error: 'no such path' });
    const nonce = randomBytes(16).toString('base64');
    response.setHeader('content-security-policy', policy(nonce));
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader('x-frame-options', 'DENY');
    response.setHeader('referrer-policy', 'no-referrer');
    response.setHeader('cache-control', 'no-store');
    return sendText(response, 200, 'text/html; charset=utf-8', page(nonce));
  };
}
