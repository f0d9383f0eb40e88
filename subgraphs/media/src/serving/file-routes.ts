import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { StoredVariant } from '@postbook/db/media';
import { type HttpRoute, type Logger, sendJson } from '@postbook/service-kit';
import type { MediaFile } from '../media/media.ts';
import { isServable } from '../media/media-policy.ts';
import type { MediaStorage } from '../storage/storage.ts';
import { parseRange } from './byte-range.ts';
import { allowAnyOrigin } from './cors.ts';
import { fileClaim, PATHS } from './media-urls.ts';
import type { UrlSigner } from './url-signer.ts';

/** How long a public file may be kept by caches, in seconds. A deleted one is gone from them after it. */
const PUBLIC_SECONDS = 24 * 60 * 60;

/** What {@link fileRoutes} needs. */
export interface FileRoutesOptions {
  /** A file by id, deleted ones included. */
  readonly find: (mediaId: string) => Promise<MediaFile | undefined>;
  readonly storage: MediaStorage;
  readonly signer: UrlSigner;
  readonly now: () => Date;
  readonly log: Logger;
}

interface Target {
  readonly mediaId: string;
  readonly variant: string;
  readonly search: URLSearchParams;
}

function targetOf({ url = '/' }: IncomingMessage, start: string): Target {
  const { pathname, searchParams: search } = new URL(url, 'http://localhost');
  const [mediaId = '', variant = '', ...more] = pathname.slice(start.length).split('/');
  return { mediaId, variant: more.length > 0 ? '' : variant, search };
}

/** What a file may do in a browser: be shown, and nothing else, even if it were a page after all. */
function setHeaders(response: ServerResponse, file: MediaFile, variant: StoredVariant, cacheControl: string): void {
  const extension = variant.path.split('.').at(-1) ?? 'bin';
  // A document opens in a viewer that runs scripts of its own, so it is saved. The owner's name for it is theirs.
  const disposition = file.kind === 'Document' ? 'attachment' : 'inline';
  response.setHeader('content-type', variant.mimeType);
  response.setHeader('content-disposition', `${disposition}; filename="${file.id}-${variant.name}.${extension}"`);
  response.setHeader('cache-control', cacheControl);
  response.setHeader('etag', `"${file.id}-${variant.name}"`);
  response.setHeader('accept-ranges', 'bytes');
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('content-security-policy', "default-src 'none'; sandbox");
  response.setHeader('cross-origin-resource-policy', 'cross-origin');
  response.setHeader('referrer-policy', 'no-referrer');
}

const notFound = (response: ServerResponse) => {
  response.setHeader('cache-control', 'no-store');
  sendJson(response, 404, { error: { code: 'NOT_FOUND' } });
};

/** Serves files: private ones at signed URLs, public ones at stable ones. */
export function fileRoutes({ find, storage, signer, now, log }: FileRoutesOptions): HttpRoute[] {
  async function send(request: IncomingMessage, response: ServerResponse, path: string, sizeBytes: number) {
    const wanted = parseRange(request.headers.range, sizeBytes);
    if (wanted.kind === 'Unsatisfiable') {
      response.setHeader('content-range', `bytes */${sizeBytes}`);
      return void response.writeHead(416).end();
    }
    const range = wanted.kind === 'Part' ? wanted.range : undefined;
    if (range) response.setHeader('content-range', `bytes ${range.start}-${range.end}/${sizeBytes}`);
    response.setHeader('content-length', range ? range.end - range.start + 1 : sizeBytes);
    response.statusCode = range ? 206 : 200;
    if (request.method === 'HEAD') return void response.end();
    const blob = await storage.read(path, range);
    if (!blob) {
      for (const name of ['etag', 'content-range', 'content-disposition']) response.removeHeader(name);
      return notFound(response);
    }
    // A reader who leaves in the middle is no fault.
    await pipeline(blob.stream, response).catch((error: unknown) => log.debug({ err: error }, 'a file was cut off'));
  }

  /** Answers with a variant of a file that the request may have. */
  async function serve(
    request: IncomingMessage,
    response: ServerResponse,
    { mediaId, variant: name }: Target,
    cacheControl: (file: MediaFile) => string | undefined,
  ): Promise<void> {
    const file = await find(mediaId);
    const variant = file?.variants.find((one) => one.name === name);
    const caching = file && isServable(file) ? cacheControl(file) : undefined;
    if (!file || !variant || caching === undefined) return notFound(response);
    setHeaders(response, file, variant, caching);
    if (request.headers['if-none-match'] === response.getHeader('etag')) return void response.writeHead(304).end();
    await send(request, response, variant.path, variant.sizeBytes);
  }

  const route = (start: string, handle: (...args: [...Parameters<HttpRoute['handle']>, Target]) => Promise<void>) => ({
    path: `${start}*`,
    async handle(request: IncomingMessage, response: ServerResponse) {
      if (allowAnyOrigin(request, response, 'GET', 'HEAD')) return;
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        return sendJson(response, 405, { error: { code: 'METHOD_NOT_ALLOWED' } });
      }
      await handle(request, response, targetOf(request, start));
    },
  });

  return [
    route(PATHS.files, async (request, response, target) => {
      const exp = target.search.get('exp') ?? '';
      const isSigned = signer.isSigned(target.search.get('sig'), ...fileClaim(target.mediaId, target.variant, exp));
      const leftMs = Number(exp) - now().getTime();
      if (!isSigned || !(leftMs > 0)) {
        response.setHeader('cache-control', 'no-store');
        return sendJson(response, 403, { error: { code: isSigned ? 'EXPIRED' : 'INVALID_SIGNATURE' } });
      }
      await serve(request, response, target, () => `private, max-age=${Math.floor(leftMs / 1_000)}, immutable`);
    }),
    route(PATHS.public, (request, response, target) =>
      serve(request, response, target, ({ isPublic }) =>
        isPublic ? `public, max-age=${PUBLIC_SECONDS}, immutable` : undefined,
      ),
    ),
  ];
}
