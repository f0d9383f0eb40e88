import type { Command, Execution, Reply } from './command.ts';
import { CommandError, ErrorCode } from './command-error.ts';
import { presentRemembered } from './commands/writes.ts';
import type { PgConnection } from './pg-connection.ts';
import type { PgPool } from './pg-pool.ts';
import { type RetryToken, recallReply } from './retry-memory.ts';

interface LastWrite {
  readonly number: bigint;
  readonly reply: Promise<Reply>;
}

/** Sessions whose last write is also kept in this process; older ones are looked up in PostgreSQL. */
const MAX_SESSIONS = 10_000;

/**
 * Lets a write with a transaction number take effect once, however often it is sent: to this process or, after a
 * crash, to its successor. What is kept in memory here only saves the look-up; the truth is in `retry_memory`.
 */
export class RetryableWrites {
  readonly #last = new Map<string, LastWrite>();
  readonly #pool: PgPool;
  readonly #executionOn: (connection: PgConnection) => Execution;

  constructor(pool: PgPool, executionOn: (connection: PgConnection) => Execution) {
    this.#pool = pool;
    this.#executionOn = executionOn;
  }

  /** Runs `write` unless this very write was done before, or is being done: then answers as that one did. */
  async once(command: Command, token: RetryToken, write: () => Promise<Reply>): Promise<Reply> {
    const key = token.session.toString('latin1');
    const last = this.#last.get(key);
    if (last && last.number > token.number) throw tooOld(token, last.number);
    if (last?.number === token.number) return last.reply;

    const reply = last ? this.#attempt(command, token, write) : this.#attemptOfStranger(command, token, write);
    this.#last.delete(key);
    this.#last.set(key, { number: token.number, reply });
    this.#forgetOldest();
    try {
      return await reply;
    } catch (error) {
      // Perhaps it took effect all the same (the connection broke): the next attempt must ask PostgreSQL.
      if (this.#last.get(key)?.reply === reply) this.#last.delete(key);
      throw error;
    }
  }

  /** This process has not seen the session, so the write may have been done by its predecessor. */
  async #attemptOfStranger(command: Command, token: RetryToken, write: () => Promise<Reply>): Promise<Reply> {
    const earlier = await this.#recall(command, token);
    return earlier ?? this.#attempt(command, token, write);
  }

  async #attempt(command: Command, token: RetryToken, write: () => Promise<Reply>): Promise<Reply> {
    try {
      return await write();
    } catch (error) {
      // An attempt whose outcome was lost may have committed since: then this one failed because of it.
      const earlier = await this.#recall(command, token).catch(() => undefined);
      if (earlier) return earlier;
      throw error;
    }
  }

  #recall(command: Command, token: RetryToken): Promise<Reply | undefined> {
    return this.#pool.with(async (connection) => {
      const raw = await recallReply(connection, token);
      return raw && presentRemembered(command, raw, this.#executionOn(connection));
    });
  }

  #forgetOldest(): void {
    for (const key of this.#last.keys()) {
      if (this.#last.size <= MAX_SESSIONS) return;
      this.#last.delete(key);
    }
  }
}

function tooOld(token: RetryToken, last: bigint): CommandError {
  const text = `transaction number ${token.number} is too old: the session is at ${last}`;
  return new CommandError(ErrorCode.TransactionTooOld, text);
}
