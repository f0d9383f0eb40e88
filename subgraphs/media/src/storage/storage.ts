import type { Readable } from 'node:stream';
import type { Component } from '@postbook/service-kit';

/** Bytes of a blob, both ends included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** A blob as it is read. Whoever gets it must consume or destroy the stream. */
export interface StoredBlob {
  /** Of the whole blob, whatever part of it is read. */
  readonly sizeBytes: number;
  readonly stream: Readable;
}

/** What is to be stored. */
export interface NewBlob {
  readonly contentType: string;
  readonly sizeBytes: number;
  readonly body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** The body was not of the size that was announced. */
export class WrongSizeError extends Error {
  override readonly name = 'WrongSizeError';
}

/**
 * Keeps blobs under paths such as `files/3f/…/large.webp`. One contract suite holds every implementation to it
 * (`tests/storage-contract.ts`).
 */
export interface MediaStorage extends Component {
  readonly provider: 'Local' | 'S3';
  /**
   * Stores all of it or nothing: nobody ever reads a part, and what fails leaves nothing behind. What was stored
   * survives a crash.
   *
   * @throws WrongSizeError, or what the body throws.
   */
  write(path: string, blob: NewBlob): Promise<void>;
  /** The blob or a part of it; undefined when there is none. The range must lie within the blob. */
  read(path: string, range?: ByteRange): Promise<StoredBlob | undefined>;
  /** Undefined when there is no such blob. */
  sizeOf(path: string): Promise<number | undefined>;
  /** Removes one blob. One that isn't there is no error. */
  remove(path: string): Promise<void>;
  /** Removes everything below a folder. What isn't there is no error. */
  removeAll(folder: string): Promise<void>;
  /**
   * A URL to which exactly so many bytes may be PUT for a while without coming by the service; undefined when the
   * storage has no door of its own.
   */
  uploadUrl(path: string, sizeBytes: number, validSeconds: number): Promise<string | undefined>;
}

/** All of a blob. For small ones. */
export async function readAll(storage: MediaStorage, path: string, range?: ByteRange): Promise<Buffer | undefined> {
  const blob = await storage.read(path, range);
  if (!blob) return undefined;
  const chunks: Buffer[] = [];
  for await (const chunk of blob.stream as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Where the content of an upload lies until it was processed; `attempt` tells two uploads of one file apart. */
export const incomingPath = (mediaId: string, attempt: string): string => `${incomingFolder(mediaId)}/${attempt}`;
export const incomingFolder = (mediaId: string): string => `incoming/${mediaId}`;

/** Where what is served lies. The last digits of ids are spread evenly over folders. */
export const servedFolder = (mediaId: string): string => `files/${mediaId.slice(-2)}/${mediaId}`;
