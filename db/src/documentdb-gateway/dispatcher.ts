import { type Document, deserialize } from 'bson';
import { peek, toBson } from './bson-peek.ts';
import type { Command, Execution, Handler, Reply } from './command.ts';
import { CommandError, ErrorCode } from './command-error.ts';
import { handlerOf, isRetryable } from './commands/registry.ts';
import { mayUpsert } from './commands/upserts.ts';
import type { CursorTable } from './cursor-table.ts';
import { toCommandError } from './error-codes.ts';
import type { PgConnection } from './pg-connection.ts';
import type { PgPool } from './pg-pool.ts';
import type { RetryToken } from './retry-memory.ts';
import { RetryableWrites } from './retryable-writes.ts';
import { encodeDocument, runWithRetries, withTimeLimit } from './run-command.ts';
import { runUpsert } from './run-upsert.ts';
import type { Carrier, Transactions } from './transactions.ts';
import { OpCode, type WireMessage } from './wire-message.ts';

/** Decides how a command runs: alone, once only, or in a transaction. */
export class Dispatcher {
  readonly #pool: PgPool;
  readonly #transactions: Transactions;
  readonly #cursors: CursorTable;
  readonly #writes: RetryableWrites;

  constructor(pool: PgPool, transactions: Transactions, cursors: CursorTable) {
    this.#pool = pool;
    this.#transactions = transactions;
    this.#cursors = cursors;
    this.#writes = new RetryableWrites(pool, (connection) => this.#executionOn(connection));
  }

  /**
   * Answers one message. Never throws: failures are replies.
   * @param introduce answers `hello`.
   * @param carrier the connection it came over; transactions end with it.
   */
  async answer(
    message: WireMessage,
    introduce: (name: string) => Document | undefined,
    carrier: Carrier,
  ): Promise<Buffer> {
    let inTransaction = false;
    try {
      const command = readCommand(message);
      const greeting = introduce(command.name);
      if (greeting) return toBson(greeting);
      if (message.opCode === OpCode.Query) {
        const text = `OP_QUERY is supported for hello only, not for ${command.name}`;
        throw new CommandError(ErrorCode.UnsupportedOpQueryCommand, text);
      }
      inTransaction = command.fields.get('autocommit') === false;
      return encodeDocument(await this.#run(command, inTransaction, carrier));
    } catch (error) {
      return encodeError(toCommandError(error, inTransaction));
    }
  }

  async #run(command: Command, inTransaction: boolean, carrier: Carrier): Promise<Reply> {
    const token = retryToken(command);
    if (command.name === 'commitTransaction') return this.#transactions.commit(required(token));
    if (command.name === 'abortTransaction') return this.#transactions.abort(required(token));
    if (command.name === 'endSessions' || command.name === 'killSessions') await this.#endSessions(command);

    const handler = handlerOf(command);
    if (!handler) throw new CommandError(ErrorCode.CommandNotFound, `no such command: '${command.name}'`);
    if (inTransaction) {
      return this.#transactions.run(command, required(token), handler, carrier);
    }
    if (!token || !isRetryable(command)) return this.#runAlone(command, handler);
    return this.#writes.once(command, token, () => this.#runAlone(command, handler, token));
  }

  #runAlone(command: Command, handler: Handler, retry?: RetryToken): Promise<Reply> {
    return this.#pool.with((connection) => {
      const execution: Execution = { ...this.#executionOn(connection), ...(retry ? { retry } : {}) };
      const run = mayUpsert(command) ? runUpsert : runWithRetries;
      return withTimeLimit(command, connection, () => run(command, execution, handler));
    });
  }

  /** Outside transactions a failed statement leaves its connection as good as before. */
  #executionOn(connection: PgConnection): Execution {
    return { connection, cursors: this.#cursors, lookUp: (work) => work(connection) };
  }

  async #endSessions(command: Command): Promise<void> {
    const sessions = (deserialize(command.body)[command.name] ?? []) as Document[];
    await Promise.all(sessions.map((session) => this.#transactions.abortSession(toBson(session))));
  }
}

function readCommand(message: WireMessage): Command {
  const fields = peek(message.body);
  const [[name, target] = ['', undefined]] = fields;
  const database = fields.get('$db');
  const collection = typeof target === 'string' ? target : fields.get('collection');
  return {
    name,
    database: typeof database === 'string' ? database : 'test',
    collection: typeof collection === 'string' ? collection : '',
    body: message.body,
    fields,
    message,
  };
}

function retryToken({ fields }: Command): RetryToken | undefined {
  const session = fields.get('lsid');
  const number = fields.get('txnNumber');
  if (!Buffer.isBuffer(session) || (typeof number !== 'bigint' && typeof number !== 'number')) return undefined;
  return { session, number: BigInt(number) };
}

function required(token: RetryToken | undefined): RetryToken {
  if (!token) throw new CommandError(ErrorCode.FailedToParse, 'a transaction needs lsid and txnNumber');
  return token;
}

function encodeError(error: CommandError): Buffer {
  const { message, code, codeName, labels, fields } = error;
  const errorLabels = labels.length > 0 ? { errorLabels: labels } : {};
  return toBson({ ok: 0, errmsg: message, code, codeName, ...fields, ...errorLabels });
}
