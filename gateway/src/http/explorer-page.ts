import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { explorerContentSecurityPolicy, explorerFolder, isBuilt } from '@postbook/explorer';
import { type HttpRoute, sendJson, sendText } from '@postbook/service-kit/edge';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.woff2': 'font/woff2',
};

const NOT_BUILT = `<!doctype html><meta charset="utf-8"><title>PostBook</title>
<h1>PostBook</h1>
<p>The graph answers at <code>/graphql</code> (POST, and graphql-transport-ws).</p>
<p>The explorer isn't built yet: run <code>npm run build</code>, or <code>npm start</code>, which does it by itself.</p>`;

/** Headers of every page and file: no framing, no sniffing, no referrer, and the explorer's content policy. */
const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': explorerContentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
};

interface StoredFile {
  readonly type: string;
  readonly plain: Buffer;
  readonly zipped: Buffer;
}

const compress = promisify(gzip);

/** Files by path; those with a hash in their name never change while the process lives. */
function createFileStore() {
  const stored = new Map<string, Promise<StoredFile>>();

  async function load(file: string, type: string): Promise<StoredFile> {
    const plain = await readFile(file);
    return { type, plain, zipped: await compress(plain) };
  }

  return (path: string): Promise<StoredFile> | undefined => {
    const file = normalize(join(explorerFolder, path));
    const type = TYPES[extname(file)];
    // `normalize` has resolved any "..": what is outside of the folder now was meant to escape from it.
    if (type === undefined || !file.startsWith(explorerFolder.replace(/[\\/]$/, '') + sep)) return undefined;
    const known = stored.get(file) ?? load(file, type);
    stored.set(file, known);
    known.catch(() => stored.delete(file));
    return known;
  };
}

/** Serves the explorer: its page at `/`, its files below `/assets/`. */
export function createExplorerPage(): HttpRoute['handle'] {
  const find = createFileStore();

  function send(request: IncomingMessage, response: ServerResponse, file: StoredFile, cacheControl: string): void {
    const takesGzip = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
    const body = takesGzip ? file.zipped : file.plain;
    if (takesGzip) response.setHeader('content-encoding', 'gzip');
    response.writeHead(200, {
      'content-type': file.type,
      'content-length': body.length,
      'cache-control': cacheControl,
      vary: 'accept-encoding',
    });
    response.end(request.method === 'HEAD' ? undefined : body);
  }

  return async (request, response) => {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    const isPage = path === '/' || path === '/index.html';
    if (!isPage && !path.startsWith('/assets/')) return sendJson(response, 404, { error: 'no such path' });
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return sendJson(response, 405, { error: 'only GET is answered here' });
    }
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
    if (isPage && !isBuilt()) return sendText(response, 200, 'text/html; charset=utf-8', NOT_BUILT);
    const file = await find(isPage ? '/index.html' : path)?.catch(() => undefined);
    if (!file) return sendJson(response, 404, { error: 'no such file' });
    send(request, response, file, isPage ? 'no-cache' : 'public, max-age=31536000, immutable');
  };
}
