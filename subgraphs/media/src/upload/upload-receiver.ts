import { randomUUID } from 'node:crypto';
import { type ContentKind, MAX_BYTES } from '../content/content-kinds.ts';
import { HEAD_BYTES, inspectContent } from '../content/inspect-content.ts';
import type { MediaFile } from '../media/media.ts';
import { mayBe } from '../media/media-policy.ts';
import { incomingPath, type MediaStorage, WrongSizeError } from '../storage/storage.ts';
import { refusals } from './upload-refused-error.ts';
import type { ArrivedContent } from './upload-service.ts';

/** Content in the storage, and where. */
export interface StoredUpload extends ArrivedContent {
  readonly path: string;
}

/** What {@link receiveUpload} needs. */
export interface ReceiveOptions {
  readonly storage: MediaStorage;
  readonly file: MediaFile;
  readonly body: AsyncIterable<Uint8Array>;
  /** How long the body may send nothing, in milliseconds. */
  readonly stallMs: number;
}

/**
 * The chunks of a body, as long as they keep coming.
 *
 * @throws UploadRefusedError when nothing came for too long: a client that is silent must not hold a place for ever.
 */
async function* untilStalled(body: AsyncIterable<Uint8Array>, stallMs: number): AsyncGenerator<Uint8Array> {
  const chunks = body[Symbol.asyncIterator]();
  for (;;) {
    const stalled = Promise.withResolvers<never>();
    const timer = setTimeout(() => stalled.reject(refusals.stalled()), stallMs);
    const next = chunks.next();
    try {
      const { done, value } = await Promise.race([next, stalled.promise]);
      if (done) return;
      yield value;
    } catch (error) {
      // The read that is still open ends with the request, and then nobody waits for it.
      next.catch(() => undefined);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Reads as much as is needed to tell what the content is. */
async function readHead(chunks: AsyncGenerator<Uint8Array>): Promise<Buffer> {
  const read: Uint8Array[] = [];
  let bytes = 0;
  while (bytes < HEAD_BYTES) {
    const { done, value } = await chunks.next();
    if (done) break;
    read.push(value);
    bytes += value.length;
  }
  return Buffer.concat(read);
}

async function* following(head: Buffer, rest: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield head;
  yield* rest;
}

async function inspect(head: Buffer, { category, sizeBytes }: MediaFile): Promise<ContentKind> {
  const content = await inspectContent(head);
  if (!content || !mayBe(content.kind, category)) throw refusals.unsupported();
  if (sizeBytes > MAX_BYTES[content.kind]) throw refusals.tooLarge();
  return content;
}

/**
 * Stores an upload while it comes. What it is is decided by its first bytes before anything is written; the size it
 * announced holds while it is written. Whatever fails leaves nothing behind.
 *
 * @throws UploadRefusedError, or what the body throws when the client goes away.
 */
export async function receiveUpload({ storage, file, body, stallMs }: ReceiveOptions): Promise<StoredUpload> {
  const chunks = untilStalled(body, stallMs);
  const head = await readHead(chunks);
  const { sizeBytes } = file;
  if (head.length > sizeBytes) throw refusals.tooLarge();
  const content = await inspect(head, file);
  // A path of its own for every try: what was inspected can't be replaced by another try's content.
  const path = incomingPath(file.id, randomUUID());
  let received = 0;
  async function* counted() {
    for await (const chunk of following(head, chunks)) {
      received += chunk.length;
      yield chunk;
    }
  }
  try {
    await storage.write(path, { contentType: content.mimeType, sizeBytes, body: counted() });
  } catch (error) {
    if (!(error instanceof WrongSizeError)) throw error;
    throw received > sizeBytes ? refusals.tooLarge() : refusals.tooSmall();
  }
  return { path, content, sizeBytes };
}
