import { PgError } from './pg-error.ts';

/** A statement's parameter: Buffers travel as binary, strings as text. */
export type Param = Buffer | string | null;

const PROTOCOL_VERSION = 3 << 16;
const CANCEL_REQUEST = 80_877_102;

const int32 = (value: number): Buffer => {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const int16 = (value: number): Buffer => {
  const bytes = Buffer.allocUnsafe(2);
  bytes.writeInt16BE(value);
  return bytes;
};
const text = (value: string): Buffer => Buffer.from(`${value}\0`);

function frame(type: string, ...parts: Buffer[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 4);
  return Buffer.concat([Buffer.from(type), int32(length), ...parts]);
}

const NULL = int32(-1);
/** One format code for all columns: binary. */
const BINARY_RESULTS = Buffer.concat([int16(1), int16(1)]);
const EXECUTE_AND_SYNC = Buffer.concat([frame('E', text(''), int32(0)), frame('S')]);

/** The first message of a connection; `settings` become the session's defaults. */
export function startupMessage(user: string, database: string, settings: Readonly<Record<string, string>>): Buffer {
  const options = Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value.replace(/[\\ ]/g, '\\$&')}`)
    .join(' ');
  const fields = ['user', user, 'database', database, 'options', options].map(text);
  const body = Buffer.concat([int32(PROTOCOL_VERSION), ...fields, Buffer.from([0])]);
  return Buffer.concat([int32(body.length + 4), body]);
}

export function parseMessage(statement: string, sql: string): Buffer {
  return frame('P', text(statement), text(sql), int16(0));
}

/** Bind, execute, sync: one round trip for a prepared statement. */
export function executeMessage(statement: string, params: readonly Param[]): Buffer {
  const parts = [text(''), text(statement), int16(params.length)];
  for (const param of params) parts.push(int16(Buffer.isBuffer(param) ? 1 : 0));
  parts.push(int16(params.length));
  for (const param of params) {
    if (param === null) parts.push(NULL);
    else {
      const bytes = Buffer.isBuffer(param) ? param : Buffer.from(param);
      parts.push(int32(bytes.length), bytes);
    }
  }
  return Buffer.concat([frame('B', ...parts, BINARY_RESULTS), EXECUTE_AND_SYNC]);
}

export function simpleQueryMessage(sql: string): Buffer {
  return frame('Q', text(sql));
}

export const TERMINATE = frame('X');

/** Asks, over a connection of its own, to cancel what the backend with this key (process id and secret) works on. */
export function cancelMessage(backendKey: Buffer): Buffer {
  return Buffer.concat([int32(8 + backendKey.length), int32(CANCEL_REQUEST), backendKey]);
}

/** The columns of a DataRow message. */
export function readRow(body: Buffer): (Buffer | null)[] {
  const row: (Buffer | null)[] = [];
  let at = 2;
  for (let columns = body.readInt16BE(0); columns > 0; columns--) {
    const length = body.readInt32BE(at);
    at += 4;
    row.push(length < 0 ? null : body.subarray(at, at + length));
    at += Math.max(length, 0);
  }
  return row;
}

/** The fields of an ErrorResponse message: one letter each, then the text. */
export function readError(body: Buffer): PgError {
  const fields = new Map<string, string>();
  for (const field of body.toString('utf8').split('\0')) if (field) fields.set(field.charAt(0), field.slice(1));
  return new PgError(fields.get('C') ?? 'XX000', fields.get('M') ?? 'unknown error', fields.get('D'));
}
