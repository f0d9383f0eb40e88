import type { IncomingMessage, ServerResponse } from 'node:http';
import { type HttpRoute, type Logger, sendJson } from '@postbook/service-kit';
import type { MediaFile } from '../media/media.ts';
import { allowAnyOrigin } from '../serving/cors.ts';
import { PATHS, uploadClaim } from '../serving/media-urls.ts';
import type { UrlSigner } from '../serving/url-signer.ts';
import type { MediaStorage } from '../storage/storage.ts';
import { receiveUpload } from './upload-receiver.ts';
import { refusals, UploadRefusedError } from './upload-refused-error.ts';
import type { UploadService } from './upload-service.ts';

/** Uploads that one process takes at a time. */
const MAX_UPLOADS = 200;
/** How long a refused client may go on sending before it is cut off, so that it gets to read why, in milliseconds. */
const LINGER_MS = 1_000;

/** What {@link uploadRoute} needs. */
export interface UploadRouteOptions {
  readonly service: UploadService;
  readonly storage: MediaStorage;
  readonly signer: UrlSigner;
  readonly stallMs: number;
  readonly now: () => Date;
  readonly log: Logger;
}

/** Answers that nothing was taken. The rest of the body is thrown away, and the connection with it. */
function refuse(request: IncomingMessage, response: ServerResponse, { status, code, message }: UploadRefusedError) {
  response.setHeader('connection', 'close');
  sendJson(response, status, { error: { code, message } });
  if (request.complete) return;
  request.resume();
  setTimeout(() => request.destroy(), LINGER_MS).unref();
}

/** Takes content at the URLs that were given out for it: `PUT /uploads/<id>?size&exp&sig`. */
export function uploadRoute(options: UploadRouteOptions): HttpRoute {
  const { service, storage, signer, stallMs, now, log } = options;
  const underWay = new Set<string>();

  /** Checks the URL before anything else is looked at. @returns the file's id. */
  function checkUrl({ url = '/' }: IncomingMessage): string {
    const { pathname, searchParams } = new URL(url, 'http://localhost');
    const mediaId = pathname.slice(PATHS.uploads.length);
    const [size, exp, sig] = ['size', 'exp', 'sig'].map((name) => searchParams.get(name));
    if (!size || !exp || !sig || !signer.isSigned(sig, ...uploadClaim(mediaId, size, exp))) throw refusals.notSigned();
    if (Number(exp) <= now().getTime()) throw refusals.expired();
    return mediaId;
  }

  async function awaited(mediaId: string, { headers }: IncomingMessage): Promise<MediaFile> {
    const file = await service.find(mediaId);
    if (!file || file.isDeleted) throw refusals.unknown();
    if (!file.uploadExpiresAt) throw refusals.alreadyIn();
    if (file.uploadExpiresAt <= now()) throw refusals.expired();
    const announced = headers['content-length'];
    if (announced !== undefined && Number(announced) > file.sizeBytes) throw refusals.tooLarge();
    if (announced !== undefined && Number(announced) < file.sizeBytes) throw refusals.tooSmall();
    return file;
  }

  async function take(request: IncomingMessage): Promise<MediaFile> {
    const mediaId = checkUrl(request);
    if (underWay.has(mediaId)) throw refusals.underWay();
    if (underWay.size >= MAX_UPLOADS) throw refusals.busy();
    underWay.add(mediaId);
    try {
      const file = await awaited(mediaId, request);
      const { path, ...arrived } = await receiveUpload({ storage, file, body: request, stallMs });
      const { value } = await service.receive(mediaId, path, arrived);
      if (value) return value;
      await storage.remove(path);
      throw refusals.alreadyIn();
    } finally {
      underWay.delete(mediaId);
    }
  }

  return {
    path: `${PATHS.uploads}*`,
    async handle(request, response) {
      if (allowAnyOrigin(request, response, 'PUT')) return;
      response.setHeader('cache-control', 'no-store');
      if (request.method !== 'PUT') return sendJson(response, 405, { error: { code: 'METHOD_NOT_ALLOWED' } });
      try {
        const { id } = await take(request);
        sendJson(response, 201, { mediaId: id });
      } catch (error) {
        if (error instanceof UploadRefusedError) return refuse(request, response, error);
        // Nobody is left to be told when the client has gone.
        if (request.destroyed && !request.complete) return void log.debug({ err: error }, 'an upload was given up');
        throw error;
      }
    },
  };
}
