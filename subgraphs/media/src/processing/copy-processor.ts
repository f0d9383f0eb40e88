import type { ContentKind } from '../content/content-kinds.ts';
import { endsAsArchive, HEAD_BYTES, inspectContent, TAIL_BYTES } from '../content/inspect-content.ts';
import { type MediaStorage, readAll } from '../storage/storage.ts';
import { readIsoMedia, withoutNotes } from './iso-media.ts';
import { type ContentFacts, UnfitContentError } from './processed-content.ts';

/** Longest film or recording, in seconds. */
export const MAX_DURATION_SECONDS = 4 * 60 * 60;

const ISO_MEDIA = new Set(['video/mp4', 'video/quicktime', 'audio/mp4']);
const WAV_HEADER_BYTES = 44;

/** What is copied, and where to. */
export interface CopyOptions {
  readonly storage: MediaStorage;
  readonly from: string;
  readonly to: string;
  readonly sizeBytes: number;
  /** As it was found at the upload. */
  readonly content: ContentKind;
}

/** Seconds of a recording without compression, by its bytes a second. */
function wavDuration(head: Buffer, sizeBytes: number): number | undefined {
  const bytesPerSecond = head.length >= WAV_HEADER_BYTES ? head.readUInt32LE(28) : 0;
  return bytesPerSecond > 0 ? (sizeBytes - WAV_HEADER_BYTES) / bytesPerSecond : undefined;
}

/**
 * Copies what is not decoded here (films, sound, documents) to where it is served from, without notes where the format
 * is known. What was copied is inspected once more: until then its owner may have been able to replace it.
 *
 * @throws UnfitContentError
 */
export async function copyContent({ storage, from, to, sizeBytes, content }: CopyOptions): Promise<ContentFacts> {
  const read = async (start: number, end: number): Promise<Buffer> => {
    const part = await readAll(storage, from, { start, end: Math.min(end, sizeBytes) - 1 });
    if (part) return part;
    throw new UnfitContentError('CORRUPT');
  };
  const isIsoMedia = ISO_MEDIA.has(content.mimeType);
  const iso = isIsoMedia ? await readIsoMedia(({ start, end }) => read(start, end + 1), sizeBytes) : undefined;
  if (isIsoMedia && !iso) throw new UnfitContentError('CORRUPT');
  const blob = await storage.read(from);
  if (blob?.sizeBytes !== sizeBytes) {
    blob?.stream.destroy();
    throw new UnfitContentError('CORRUPT');
  }
  const body = withoutNotes(blob.stream as AsyncIterable<Uint8Array>, iso?.notes ?? []);
  await storage.write(to, { contentType: content.mimeType, sizeBytes, body });

  const head = (await readAll(storage, to, { start: 0, end: Math.min(HEAD_BYTES, sizeBytes) - 1 })) ?? Buffer.alloc(0);
  const tail = await readAll(storage, to, { start: Math.max(0, sizeBytes - TAIL_BYTES), end: sizeBytes - 1 });
  const found = await inspectContent(head);
  if (found?.mimeType !== content.mimeType || endsAsArchive(tail ?? head))
    throw new UnfitContentError('UNSUPPORTED_TYPE');
  const duration = content.mimeType === 'audio/wav' ? wavDuration(head, sizeBytes) : iso?.duration;
  if (duration !== undefined && duration > MAX_DURATION_SECONDS) throw new UnfitContentError('TOO_LONG');
  const bitrate = duration ? Math.round((sizeBytes * 8) / duration) : undefined;
  return { width: iso?.width, height: iso?.height, duration, bitrate };
}
