import { ByteQueue } from './byte-queue.ts';

/** Operations of MongoDB's wire protocol that exist here. */
export const OpCode = { Reply: 1, Query: 2004, Msg: 2013 } as const;

/** The largest message accepted, as told in `hello`. */
export const MAX_MESSAGE_BYTES = 48_000_000;
const HEADER_BYTES = 16;
const Flag = { checksumPresent: 1, moreToCome: 2 } as const;

/** One request. */
export interface WireMessage {
  readonly requestId: number;
  readonly opCode: number;
  /** The client expects no reply. */
  readonly moreToCome: boolean;
  /** The command document. */
  readonly body: Buffer;
  /** Document sequences: concatenated BSON, which is DocumentDB's `bsonsequence`. */
  readonly sequences: readonly { readonly field: string; readonly documents: Buffer }[];
}

/** The stream is not MongoDB's protocol, or a frame contradicts itself: the connection cannot go on. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  /** Whom to tell, when the header could be read. */
  readonly requestId: number | undefined;

  constructor(message: string, requestId?: number) {
    super(message);
    this.requestId = requestId;
  }
}

/** Cuts a byte stream into messages. */
export class Framer {
  readonly #input = new ByteQueue();

  /** @throws ProtocolError when the stream is not the protocol or a message is over the limit. */
  *push(data: Buffer): Generator<WireMessage> {
    this.#input.push(data);
    for (let header = this.#input.peek(HEADER_BYTES); header; header = this.#input.peek(HEADER_BYTES)) {
      const size = header.readInt32LE(0);
      const requestId = header.readInt32LE(4);
      if (size < HEADER_BYTES) throw new ProtocolError(`message of ${size} bytes`);
      if (size > MAX_MESSAGE_BYTES) {
        throw new ProtocolError(`message of ${size} bytes is over the limit of ${MAX_MESSAGE_BYTES}`, requestId);
      }
      const frame = this.#input.take(size);
      if (!frame) return;
      yield parseFrame(frame);
    }
  }
}

/** Encodes a reply in the form its request came in. */
export function encodeReply(request: Pick<WireMessage, 'requestId' | 'opCode'>, document: Buffer): Buffer {
  const isQuery = request.opCode === OpCode.Query;
  const head = Buffer.alloc(isQuery ? 36 : 21);
  head.writeInt32LE(head.length + document.length, 0);
  head.writeInt32LE(request.requestId, 8);
  head.writeInt32LE(isQuery ? OpCode.Reply : OpCode.Msg, 12);
  if (isQuery) {
    head.writeInt32LE(8, 16); // AwaitCapable, which drivers expect
    head.writeInt32LE(1, 32); // one document
  }
  return Buffer.concat([head, document]);
}

/** Encodes a request; for probes. */
export function encodeRequest(requestId: number, document: Buffer): Buffer {
  const message = encodeReply({ requestId: 0, opCode: OpCode.Msg }, document);
  message.writeInt32LE(requestId, 4);
  return message;
}

function parseFrame(frame: Buffer): WireMessage {
  const requestId = frame.readInt32LE(4);
  const opCode = frame.readInt32LE(12);
  try {
    if (opCode === OpCode.Msg) return { requestId, opCode, ...parseMsg(frame) };
    if (opCode === OpCode.Query) {
      const documentAt = frame.indexOf(0, 20) + 1 + 8;
      return { requestId, opCode, moreToCome: false, body: slice(frame, documentAt), sequences: [] };
    }
  } catch (error) {
    throw new ProtocolError(error instanceof Error ? error.message : 'malformed message', requestId);
  }
  throw new ProtocolError(`operation ${opCode} is not supported`, requestId);
}

function parseMsg(frame: Buffer): Omit<WireMessage, 'requestId' | 'opCode'> {
  const flags = frame.readUInt32LE(HEADER_BYTES);
  const end = (flags & Flag.checksumPresent) === 0 ? frame.length : frame.length - 4;
  const sequences: { field: string; documents: Buffer }[] = [];
  let body: Buffer | undefined;
  for (let at = HEADER_BYTES + 4; at < end; ) {
    const kind = frame[at];
    const section = slice(frame.subarray(0, end), at + 1);
    at += 1 + section.length;
    if (kind === 0) body = section;
    else if (kind === 1) {
      const nameEnd = section.indexOf(0, 4);
      if (nameEnd < 0) throw new RangeError('document sequence without a name');
      sequences.push({ field: section.toString('utf8', 4, nameEnd), documents: section.subarray(nameEnd + 1) });
    } else throw new RangeError(`section kind ${kind} is unknown`);
  }
  if (!body) throw new RangeError('message without a command');
  return { moreToCome: (flags & Flag.moreToCome) !== 0, body, sequences };
}

/** A part that begins with its own length. */
function slice(buffer: Buffer, at: number): Buffer {
  const size = buffer.readInt32LE(at);
  if (size < 4 || at + size > buffer.length) throw new RangeError(`part of ${size} bytes does not fit its message`);
  return buffer.subarray(at, at + size);
}
