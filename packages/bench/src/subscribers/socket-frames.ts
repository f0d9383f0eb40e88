/**
 * The part of RFC 6455 that a measuring client needs: whole frames, no fragments, no compression. Clients must mask what
 * they send; a key of zeros is a mask that costs nothing.
 */

const FINAL = 0x80;
const MASKED = 0x80;
const ZERO_KEY = Buffer.alloc(4);
const TWO_BYTE_LENGTH = 126;
const EIGHT_BYTE_LENGTH = 127;
const LONGEST_TWO_BYTES = 0xffff;

/** Kinds of frames. */
export const OPCODE = { text: 1, close: 8, ping: 9, pong: 10 } as const;

/** A frame as a client sends it. */
export function clientFrame(opcode: number, payload: string | Buffer): Buffer {
  const body = typeof payload === 'string' ? Buffer.from(payload) : payload;
  if (body.length > LONGEST_TWO_BYTES) throw new RangeError('clients of the benchmark send no frame beyond 64 KiB');
  const isShort = body.length < TWO_BYTE_LENGTH;
  const head = Buffer.from([FINAL | opcode, MASKED | (isShort ? body.length : TWO_BYTE_LENGTH)]);
  const length = Buffer.from(isShort ? [] : [body.length >> 8, body.length & 0xff]);
  return Buffer.concat([head, length, ZERO_KEY, body]);
}

/** A frame as a server sends it: unmasked, ready to be written to any number of sockets. */
export function serverFrame(payload: Buffer): Buffer {
  const head =
    payload.length < TWO_BYTE_LENGTH ? [payload.length] : [TWO_BYTE_LENGTH, payload.length >> 8, payload.length & 0xff];
  if (payload.length > LONGEST_TWO_BYTES) throw new RangeError('the benchmark sends no frame beyond 64 KiB');
  return Buffer.concat([Buffer.from([FINAL | OPCODE.text, ...head]), payload]);
}

/** Cuts what a server sends into frames. */
export interface FrameReader {
  /** Calls back for each frame that is complete with these bytes. Payloads are views: they must not be kept. */
  read(bytes: Buffer): void;
}

/** Where a frame's payload begins and ends; undefined while its head is incomplete. */
function boundsOf(bytes: Buffer, at: number): { readonly from: number; readonly to: number } | undefined {
  const short = (bytes[at + 1] ?? 0) & 0x7f;
  const headLength = short === EIGHT_BYTE_LENGTH ? 10 : short === TWO_BYTE_LENGTH ? 4 : 2;
  if (bytes.length < at + headLength) return undefined;
  const from = at + headLength;
  if (short === TWO_BYTE_LENGTH) return { from, to: from + bytes.readUInt16BE(at + 2) };
  if (short === EIGHT_BYTE_LENGTH) return { from, to: from + Number(bytes.readBigUInt64BE(at + 2)) };
  return { from, to: from + short };
}

/** Makes a reader for one socket. */
export function createFrameReader(onFrame: (opcode: number, payload: Buffer) => void): FrameReader {
  let rest: Buffer | undefined;
  return {
    read(bytes) {
      const all = rest ? Buffer.concat([rest, bytes]) : bytes;
      let at = 0;
      while (all.length >= at + 2) {
        const bounds = boundsOf(all, at);
        if (!bounds || all.length < bounds.to) break;
        onFrame((all[at] ?? 0) & 0x0f, all.subarray(bounds.from, bounds.to));
        at = bounds.to;
      }
      rest = at < all.length ? all.subarray(at) : undefined;
    },
  };
}
