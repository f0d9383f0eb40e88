import type { Document } from 'bson';
import type { Peeked } from './bson-peek.ts';
import { CommandError, ErrorCode } from './command-error.ts';
import type { CursorTable } from './cursor-table.ts';
import type { PgConnection, Row } from './pg-connection.ts';
import type { RetryToken } from './retry-memory.ts';
import type { WireMessage } from './wire-message.ts';

/** A command as received: looked at, not decoded. */
export interface Command {
  readonly name: string;
  readonly database: string;
  /** Empty for commands that have no collection. */
  readonly collection: string;
  /** The raw command document, handed to DocumentDB as it is. */
  readonly body: Buffer;
  readonly fields: ReadonlyMap<string, Peeked>;
  readonly message: WireMessage;
}

/** What a command runs with. */
export interface Execution {
  readonly connection: PgConnection;
  readonly cursors: CursorTable;
  /** A connection for looking things up when `connection` may be in a failed transaction. */
  readonly lookUp: <T>(work: (connection: PgConnection) => Promise<T>) => Promise<T>;
  /** Key of the session when inside a transaction. */
  readonly transaction?: string;
  /**
   * True when the command runs in a PostgreSQL transaction that is rolled back if the handler throws: then a conflict
   * met half way undoes the whole command.
   */
  readonly atomic?: boolean;
  /** Set when the reply must be remembered together with the write. */
  readonly retry?: RetryToken;
}

/** A raw BSON reply passed through, or a document to be encoded. */
export type Reply = Buffer | Document;

/** Carries out one command. Throws CommandError or PgError. */
export type Handler = (command: Command, execution: Execution) => Promise<Reply>;

/** The only row of a result. */
export function firstRow(rows: readonly Row[]): Row {
  const [row] = rows;
  if (!row) throw new CommandError(ErrorCode.InternalError, 'DocumentDB returned no row');
  return row;
}

/** A column that must be there. */
export function required(column: Buffer | null | undefined): Buffer {
  if (!column) throw new CommandError(ErrorCode.InternalError, 'DocumentDB returned no document');
  return column;
}

/** A boolean column. */
export function isTrue(column: Buffer | null | undefined): boolean {
  return column?.[0] === 1;
}
