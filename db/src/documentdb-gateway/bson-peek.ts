import { type Document, deserialize, onDemand, serialize } from 'bson';

/** A top-level value of a command; documents and arrays stay raw. */
export type Peeked = string | number | bigint | boolean | Buffer | undefined;

const BsonType = { double: 1, string: 2, document: 3, array: 4, boolean: 8, int32: 16, int64: 18 } as const;

/**
 * Reads the top-level values of a BSON document without deserializing what is below them.
 * @throws Error when the document is malformed.
 */
export function peek(document: Buffer): Map<string, Peeked> {
  const values = new Map<string, Peeked>();
  for (const [type, nameAt, nameLength, at, length] of onDemand.parseToElements(document)) {
    const name = document.toString('utf8', nameAt, nameAt + nameLength);
    values.set(name, readValue(document, type, at, length));
  }
  return values;
}

function readValue(document: Buffer, type: number, at: number, length: number): Peeked {
  switch (type) {
    case BsonType.double:
      return document.readDoubleLE(at);
    case BsonType.string:
      return document.toString('utf8', at + 4, at + length - 1);
    case BsonType.document:
    case BsonType.array:
      return document.subarray(at, at + length);
    case BsonType.boolean:
      return document[at] === 1;
    case BsonType.int32:
      return document.readInt32LE(at);
    case BsonType.int64:
      return document.readBigInt64LE(at);
    default:
      return undefined;
  }
}

/** Encodes a reply that the gateway makes itself. */
export function toBson(document: Document): Buffer {
  const bytes = serialize(document, { ignoreUndefined: true });
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Decodes a document the gateway must look into; 64-bit integers stay exact. */
export function fromBson(bytes: Buffer): Document {
  return deserialize(bytes, { promoteLongs: false });
}
