import type { ByteRange } from '../storage/storage.ts';

/** Boxes that are looked at in one file: a real one has a few dozen, a forged one might have millions. */
const MAX_BOXES = 10_000;
/** The index of a film of 100 MB has at most a few megabytes. */
const MAX_INDEX_BYTES = 16 * 1024 * 1024;
const HEADER_BYTES = 16;

/** What the boxes of an MP4 or QuickTime file say. */
export interface IsoMediaFacts {
  /** Seconds. */
  readonly duration?: number | undefined;
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  /** Boxes of notes: among them where a phone filmed it. Offsets in the file, headers included. */
  readonly notes: readonly ByteRange[];
}

/** Reads a part of the file. */
export type ReadPart = (range: ByteRange) => Promise<Buffer>;

interface Box {
  readonly type: string;
  readonly start: number;
  readonly headerBytes: number;
  /** Exclusive. */
  readonly end: number;
}

/** Boxes that hold notes and nothing that playing needs. */
const NOTES = new Set(['udta', 'meta', 'uuid']);

/** The box that begins at `at` within bytes that lie at `base` in the file; undefined when it is none. */
function boxAt(bytes: Buffer, at: number, base: number, limit: number): Box | undefined {
  if (at + 8 > bytes.length) return undefined;
  const short = bytes.readUInt32BE(at);
  const isLong = short === 1 && at + 16 <= bytes.length;
  const size = isLong ? Number(bytes.readBigUInt64BE(at + 8)) : short === 0 ? limit - base - at : short;
  const headerBytes = isLong ? 16 : 8;
  const start = base + at;
  if (size < headerBytes || start + size > limit) return undefined;
  return { type: bytes.toString('latin1', at + 4, at + 8), start, headerBytes, end: start + size };
}

/** The boxes directly within a part of the index. */
function* childrenOf(index: Buffer, base: number, from: number, to: number): Generator<Box> {
  for (let at = from; at < to; ) {
    const box = boxAt(index, at - base, base, to);
    if (!box) return;
    yield box;
    at = box.end;
  }
}

/** Duration of a movie header: version 1 has longer numbers. */
function durationOf(content: Buffer): number | undefined {
  if (content.length < 32) return undefined;
  const isLong = content.readUInt8(0) === 1;
  const timescale = content.readUInt32BE(isLong ? 20 : 12);
  const units = isLong ? Number(content.readBigUInt64BE(24)) : content.readUInt32BE(16);
  return timescale > 0 && units > 0 ? units / timescale : undefined;
}

/** Width and height of a track, which end its header as numbers of 16.16 bits. */
function sizeOf(content: Buffer): { width: number; height: number } | undefined {
  if (content.length < 84) return undefined;
  const [width, height] = [content.length - 8, content.length - 4].map((at) => content.readUInt32BE(at) >>> 16);
  return width && height ? { width, height } : undefined;
}

function readIndex(index: Buffer, moov: Box): IsoMediaFacts {
  const notes: ByteRange[] = [];
  let duration: number | undefined;
  let size: { width: number; height: number } | undefined;
  const contentOf = ({ start, headerBytes, end }: Box) =>
    index.subarray(start + headerBytes - moov.start, end - moov.start);
  const pending = [moov];
  for (let parent = pending.pop(); parent; parent = pending.pop()) {
    for (const box of childrenOf(index, moov.start, parent.start + parent.headerBytes, parent.end)) {
      if (NOTES.has(box.type)) notes.push({ start: box.start, end: box.end - 1 });
      else if (box.type === 'trak') pending.push(box);
      else if (box.type === 'mvhd') duration = durationOf(contentOf(box));
      else if (box.type === 'tkhd') size ??= sizeOf(contentOf(box));
    }
  }
  return { duration, ...size, notes };
}

/**
 * Reads what an MP4 or QuickTime file says of itself: box headers and the index, never pictures or sound. A file whose
 * boxes don't add up has no facts.
 */
export async function readIsoMedia(read: ReadPart, sizeBytes: number): Promise<IsoMediaFacts | undefined> {
  const notes: ByteRange[] = [];
  let facts: IsoMediaFacts | undefined;
  let at = 0;
  for (let count = 0; at < sizeBytes; count += 1) {
    const header = await read({ start: at, end: Math.min(at + HEADER_BYTES, sizeBytes) - 1 });
    const box = boxAt(header, 0, at, sizeBytes);
    if (!box || count > MAX_BOXES) return undefined;
    if (NOTES.has(box.type)) notes.push({ start: box.start, end: box.end - 1 });
    if (box.type === 'moov') {
      if (box.end - box.start > MAX_INDEX_BYTES) return undefined;
      facts = readIndex(await read({ start: box.start, end: box.end - 1 }), box);
    }
    at = box.end;
  }
  return facts && { ...facts, notes: [...notes, ...facts.notes] };
}

const FREE = Buffer.from('free', 'latin1');

/**
 * The file with its notes blanked: their boxes become free space of the same size, so that nothing in the file moves and
 * everything else is as it was.
 */
export async function* withoutNotes(
  content: AsyncIterable<Uint8Array>,
  notes: readonly ByteRange[],
): AsyncGenerator<Uint8Array> {
  let at = 0;
  for await (const chunk of content) {
    const bytes = Buffer.from(chunk);
    for (const { start, end } of notes) {
      // The size before the type stays.
      const from = Math.max(start + 4, at);
      const to = Math.min(end + 1, at + bytes.length);
      for (let place = from; place < to; place += 1) bytes[place - at] = FREE[place - start - 4] ?? 0;
    }
    yield bytes;
    at += bytes.length;
  }
}
