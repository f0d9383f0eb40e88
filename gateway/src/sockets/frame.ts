/** First byte of a whole text message. */
const TEXT = 0x81;
const LENGTH_16 = 126;
const LENGTH_64 = 127;

/** Bytes of a frame's header for a payload of so many bytes. Servers don't mask. */
export const headerSize = (length: number): number => (length < LENGTH_16 ? 2 : length < 65_536 ? 4 : 10);

/** Writes the header of a text frame. Returns where the payload goes. */
export function writeHeader(target: Buffer, offset: number, length: number): number {
  target[offset] = TEXT;
  if (length < LENGTH_16) {
    target[offset + 1] = length;
    return offset + 2;
  }
  if (length < 65_536) {
    target[offset + 1] = LENGTH_16;
    target.writeUInt16BE(length, offset + 2);
    return offset + 4;
  }
  target[offset + 1] = LENGTH_64;
  target.writeBigUInt64BE(BigInt(length), offset + 2);
  return offset + 10;
}
