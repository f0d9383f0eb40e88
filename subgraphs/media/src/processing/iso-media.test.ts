import { describe, expect, it } from 'vitest';
import { readIsoMedia, withoutNotes } from './iso-media.ts';

const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const uint64 = (value: number): Buffer => Buffer.concat([uint32(0), uint32(value)]);
const box = (type: string, ...content: Buffer[]): Buffer => {
  const body = Buffer.concat(content);
  return Buffer.concat([uint32(body.length + 8), Buffer.from(type, 'latin1'), body]);
};
/** A box whose size is written in 64 bits. */
const longBox = (type: string, ...content: Buffer[]): Buffer => {
  const body = Buffer.concat(content);
  return Buffer.concat([uint32(1), Buffer.from(type, 'latin1'), uint64(body.length + 16), body]);
};
/** A box that says that it goes to the end. */
const openBox = (type: string, ...content: Buffer[]): Buffer =>
  Buffer.concat([uint32(0), Buffer.from(type), ...content]);

const ftyp = box('ftyp', Buffer.from('isom'), uint32(512));
const mvhd = box('mvhd', Buffer.alloc(12), uint32(1_000), uint32(2_500), Buffer.alloc(80));
const longMvhd = box('mvhd', Buffer.from([1, 0, 0, 0]), Buffer.alloc(16), uint32(600), uint64(6_000), Buffer.alloc(80));
const tkhd = (width: number, height: number) =>
  box('tkhd', Buffer.alloc(76), uint32(width * 65_536), uint32(height * 65_536));
const note = box('udta', Buffer.from('+48.2/'));

const factsOf = (file: Buffer) => readIsoMedia(async ({ start, end }) => file.subarray(start, end + 1), file.length);

async function* inChunks(content: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
}

describe('an MP4 file', () => {
  it('says how long and how large it is', async () => {
    const moov = box('moov', mvhd, box('trak', tkhd(0, 0)), box('trak', tkhd(640, 360)));
    expect(await factsOf(Buffer.concat([ftyp, moov]))).toEqual({ duration: 2.5, width: 640, height: 360, notes: [] });
  });

  it.each<[string, Buffer[], number]>([
    ['with its index at the end', [ftyp, box('mdat', Buffer.alloc(500)), box('moov', mvhd)], 2.5],
    ['whose header has long numbers', [ftyp, box('moov', longMvhd)], 10],
    ['whose boxes have long sizes', [ftyp, longBox('mdat', Buffer.alloc(50)), longBox('moov', mvhd)], 2.5],
    ['whose last box goes to the end', [ftyp, box('moov', mvhd), openBox('mdat', Buffer.alloc(50))], 2.5],
  ])('is read %s', async (_what, boxes, duration) => {
    expect(await factsOf(Buffer.concat(boxes))).toMatchObject({ duration });
  });

  it.each<[string, Buffer]>([
    ['has no index', ftyp],
    ['has a box longer than itself', Buffer.concat([ftyp, box('moov', mvhd).subarray(0, 40)])],
    ['has a box shorter than its own header', Buffer.concat([ftyp, uint32(4), Buffer.from('moov')])],
    ['ends within a header', Buffer.concat([ftyp, box('moov', mvhd), Buffer.alloc(3)])],
    ['has more boxes than any film', Buffer.concat(Array.from({ length: 10_002 }, () => box('free')))],
    ['has an index larger than any film', Buffer.concat([ftyp, box('moov', mvhd, Buffer.alloc(17 * 1024 * 1024))])],
    ['is nothing', Buffer.alloc(0)],
  ])('has no facts when it %s', async (_what, file) => {
    expect(await factsOf(file)).toBeUndefined();
  });

  it('has an index that nothing in it can make read beyond its end', async () => {
    const moov = box('moov', mvhd, uint32(0xffffffff), Buffer.from('trak'));
    expect(await factsOf(Buffer.concat([ftyp, moov]))).toMatchObject({ duration: 2.5 });
    expect(await factsOf(Buffer.concat([ftyp, box('moov', box('mvhd', Buffer.alloc(5)))]))).toEqual({ notes: [] });
  });

  it.each([1, 3, 7, 64, 10_000])(
    'loses its notes wherever chunks of %d bytes are cut, and nothing else',
    async (size) => {
      const parts = [
        ftyp,
        note,
        box('moov', mvhd, note, box('trak', tkhd(1, 1), note)),
        box('mdat', Buffer.from('udta pictures')),
      ];
      const file = Buffer.concat(parts);
      const { notes = [] } = (await factsOf(file)) ?? {};
      expect(notes).toHaveLength(3);
      const chunks: Uint8Array[] = [];
      for await (const chunk of withoutNotes(inChunks(file, size), notes)) chunks.push(chunk);
      const blanked = box('free', Buffer.alloc(6));
      const expected = [ftyp, blanked, box('moov', mvhd, blanked, box('trak', tkhd(1, 1), blanked)), parts[3] ?? file];
      expect(Buffer.concat(chunks)).toEqual(Buffer.concat(expected));
    },
  );
});
