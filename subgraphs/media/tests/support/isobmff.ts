/** A box of an MP4 file. */
export const box = (type: string, ...content: Buffer[]): Buffer => {
  const body = Buffer.concat(content);
  const header = Buffer.alloc(8);
  header.writeUInt32BE(body.length + 8);
  header.write(type, 4, 'latin1');
  return Buffer.concat([header, body]);
};

const number = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

/** What a phone notes in a film: where it was filmed. */
export const FILMED_AT = '+48.2083+016.3667/';

/** A film without pictures that says how long and large it is, and where it was filmed in all the ways phones do. */
export function film({ seconds = 12, width = 640, height = 360, brand = 'isom', padding = 5_000 } = {}): Buffer {
  const mvhd = box('mvhd', Buffer.alloc(12), number(1_000), number(seconds * 1_000), Buffer.alloc(80));
  const tkhd = box('tkhd', Buffer.alloc(76), number(width * 65_536), number(height * 65_536));
  const note = box('\xa9xyz', Buffer.from(FILMED_AT));
  const trak = box('trak', tkhd, box('udta', note));
  return Buffer.concat([
    box('ftyp', Buffer.from(brand), number(512), Buffer.from('isomiso2mp41')),
    box('moov', mvhd, trak, box('udta', note), box('meta', Buffer.from(FILMED_AT))),
    box('uuid', Buffer.alloc(16, 1), Buffer.from(FILMED_AT)),
    box('mdat', Buffer.alloc(padding, 0x42)),
  ]);
}
