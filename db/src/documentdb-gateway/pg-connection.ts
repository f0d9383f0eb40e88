import net from 'node:net';
import { ByteQueue } from './byte-queue.ts';
import { CONNECTION_FAILURE, PgError } from './pg-error.ts';
import {
  cancelMessage,
  executeMessage,
  type Param,
  parseMessage,
  readError,
  readRow,
  simpleQueryMessage,
  startupMessage,
  TERMINATE,
} from './pg-protocol.ts';

/** One result row: raw column values in PostgreSQL's binary format. */
export type Row = (Buffer | null)[];

/** Where and as whom to connect. Authentication must be `trust`: the server listens on loopback only. */
export interface PgOptions {
  readonly port: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  readonly user: string;
  readonly database: string;
  /** Session settings. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A server too busy to take a cancel request within this time is asked again by who wants it, or not at all. */
const CANCEL_TIMEOUT_MS = 2_000;

/** The status "in a failed transaction" of a ReadyForQuery message. */
const TRANSACTION_FAILED = 'E'.charCodeAt(0);

interface Pending {
  readonly resolve: (result: { rows: Row[]; tag: string }) => void;
  readonly reject: (error: Error) => void;
  readonly rows: Row[];
  tag: string;
  error?: PgError;
  /** The statement this request prepares, remembered once the server confirms. */
  readonly preparing?: { sql: string; name: string };
}

/**
 * A minimal PostgreSQL client: extended protocol, prepared statements, binary in and out, requests pipelined in the
 * order of the calls. The usual drivers decode rows as text, which would hex-encode every BSON page.
 */
export class PgConnection {
  readonly #options: PgOptions;
  readonly #socket: net.Socket;
  readonly #input = new ByteQueue();
  readonly #pending: Pending[] = [];
  readonly #prepared = new Map<string, string>();
  #statements = 0;
  #closed = false;
  #broken = false;
  #failed = false;
  #backendKey: Buffer | undefined;

  private constructor(options: PgOptions) {
    const socket = net.connect(options.port, options.host ?? '127.0.0.1');
    this.#options = options;
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (data: Buffer) => this.#receive(data));
    socket.on('error', (error) => this.#fail(new PgError(CONNECTION_FAILURE, error.message)));
    socket.on('close', () => this.#fail(new PgError(CONNECTION_FAILURE, 'the connection to PostgreSQL was closed')));
  }

  /** @throws PgError class 08 when nobody answers, 57P03 while the server starts or stops. */
  static async connect(options: PgOptions): Promise<PgConnection> {
    const connection = new PgConnection(options);
    const message = startupMessage(options.user, options.database, options.settings ?? {});
    const socket = connection.#socket;
    socket.once('connect', () => socket.write(message));
    try {
      await new Promise((resolve, reject) => connection.#pending.push({ resolve, reject, rows: [], tag: '' }));
    } catch (error) {
      socket.destroy();
      throw error;
    }
    return connection;
  }

  /** True once the connection is of no more use. */
  get closed(): boolean {
    return this.#closed;
  }

  /** True when the connection ended without our having ended it. */
  get broken(): boolean {
    return this.#broken;
  }

  /** True while the connection is in a transaction of which a statement has failed: only ROLLBACK is listened to. */
  get failed(): boolean {
    return this.#failed;
  }

  /** Runs one statement, prepared at its first use, in one round trip. */
  async query(sql: string, params: readonly Param[] = []): Promise<Row[]> {
    const known = this.#prepared.get(sql);
    if (known) return (await this.#send(executeMessage(known, params))).rows;
    this.#statements += 1;
    const name = `s${this.#statements}`;
    const message = Buffer.concat([parseMessage(name, sql), executeMessage(name, params)]);
    return (await this.#send(message, { sql, name })).rows;
  }

  /**
   * Runs a statement without parameters (BEGIN, COMMIT, SET) and returns its command tag. COMMIT of a transaction that
   * had failed is no error: its tag says ROLLBACK.
   */
  async exec(sql: string): Promise<string> {
    return (await this.#send(simpleQueryMessage(sql))).tag;
  }

  /**
   * Has PostgreSQL cancel the statement it works on for this connection; that statement then fails with 57014. One that
   * has just ended, or has not yet arrived, is not cancelled. The request may take effect late, so whoever cancels
   * should not hand the connection on.
   */
  async cancel(): Promise<void> {
    if (this.#closed || !this.#backendKey) return;
    const message = cancelMessage(this.#backendKey);
    const socket = net.connect(this.#options.port, this.#options.host ?? '127.0.0.1');
    socket.on('error', () => socket.destroy());
    socket.once('connect', () => socket.write(message));
    // The server answers by hanging up once the backend has been told. An end nobody reads would not be noticed.
    socket.resume();
    socket.setTimeout(CANCEL_TIMEOUT_MS, () => socket.destroy());
    await new Promise((resolve) => socket.once('close', resolve));
  }

  end(): void {
    if (!this.#closed) this.#socket.end(TERMINATE);
    this.#closed = true;
  }

  #send(message: Buffer, preparing?: { sql: string; name: string }): Promise<{ rows: Row[]; tag: string }> {
    if (this.#closed) return Promise.reject(new PgError(CONNECTION_FAILURE, 'the connection to PostgreSQL is closed'));
    return new Promise((resolve, reject) => {
      this.#pending.push({ resolve, reject, rows: [], tag: '', ...(preparing ? { preparing } : {}) });
      this.#socket.write(message);
    });
  }

  #fail(error: PgError): void {
    this.#broken = !this.#closed;
    this.#closed = true;
    for (const pending of this.#pending.splice(0)) pending.reject(pending.error ?? error);
  }

  #receive(data: Buffer): void {
    this.#input.push(data);
    for (let head = this.#input.peek(5); head; head = this.#input.peek(5)) {
      const message = this.#input.take(1 + head.readInt32BE(1));
      if (!message) return;
      this.#dispatch(String.fromCharCode(message[0] ?? 0), message.subarray(5));
    }
  }

  #dispatch(type: string, body: Buffer): void {
    const [head] = this.#pending;
    if (!head) return;
    switch (type) {
      case 'D':
        head.rows.push(readRow(body));
        break;
      case 'C':
        head.tag = body.toString('utf8', 0, body.length - 1);
        break;
      case 'E':
        head.error = readError(body);
        break;
      case '1':
        if (head.preparing) this.#prepared.set(head.preparing.sql, head.preparing.name);
        break;
      case 'R':
        if (body.readInt32BE(0) !== 0) head.error = new PgError('28000', 'PostgreSQL asks for a password');
        break;
      case 'K':
        this.#backendKey = Buffer.from(body);
        break;
      case 'Z':
        this.#failed = body[0] === TRANSACTION_FAILED;
        this.#pending.shift();
        if (head.error) head.reject(head.error);
        else head.resolve(head);
        break;
    }
  }
}
