import type { Command, Execution, Handler, Reply } from './command.ts';
import { CommandError, ErrorCode, ErrorLabel } from './command-error.ts';
import { isAllowedInTransactions } from './commands/registry.ts';
import type { CursorTable } from './cursor-table.ts';
import type { PgConnection } from './pg-connection.ts';
import { isServerGone } from './pg-error.ts';
import type { PgPool } from './pg-pool.ts';
import { isAlreadyDone, type RetryToken, rememberCommit, settleCommit } from './retry-memory.ts';
import { withTimeLimit } from './run-command.ts';

interface Transaction {
  readonly key: string;
  readonly token: RetryToken;
  readonly connection: Promise<PgConnection>;
  readonly startedAt: number;
  /** Ends when the last command has: commands of one transaction run one after the other. */
  tail: Promise<unknown>;
}

/** What the transactions need of the gateway. */
export interface TransactionsContext {
  /** Connections that hold transactions. */
  readonly transactionPool: PgPool;
  /** Connections for asking about lost commits. */
  readonly commandPool: PgPool;
  readonly cursors: CursorTable;
  readonly lifetimeMs: number;
}

/** The open multi-document transactions: one per session, each on a PostgreSQL connection of its own. */
export class Transactions {
  readonly #open = new Map<string, Transaction>();
  readonly #context: TransactionsContext;

  constructor(context: TransactionsContext) {
    this.#context = context;
  }

  /** Runs a command in its session's transaction; `start` begins one. Any failure ends the transaction. */
  async run(command: Command, token: RetryToken, start: boolean, handler: Handler): Promise<Reply> {
    const transaction = start ? await this.#begin(token) : this.#find(token);
    const run = transaction.tail.then(() => this.#runIn(transaction, command, handler));
    transaction.tail = run.catch(() => undefined);
    let failed = true;
    try {
      const reply = await run;
      failed = !Buffer.isBuffer(reply) && reply.writeErrors !== undefined;
      return reply;
    } finally {
      if (failed) await this.#rollBack(transaction);
    }
  }

  /** Commits, or finds out what became of a commit that an earlier gateway, or a lost connection, left open. */
  async commit(token: RetryToken): Promise<Reply> {
    const transaction = this.#open.get(keyOf(token.session));
    if (transaction?.token.number !== token.number) return this.#settle(token);
    this.#open.delete(transaction.key);
    this.#context.cursors.deleteOfTransaction(transaction.key);
    await transaction.tail;
    const connection = await transaction.connection;
    try {
      const [, tag] = await Promise.all([rememberCommit(connection, token), connection.exec('commit')]);
      if (tag !== 'COMMIT') throw noSuchTransaction(token);
      return { ok: 1 };
    } catch (error) {
      if (isAlreadyDone(error)) throw noSuchTransaction(token);
      if (!isServerGone(error)) throw error;
      const text = 'PostgreSQL was lost during the commit: whether it took place is not known';
      const labels = [ErrorLabel.UnknownCommit, ErrorLabel.RetryableWrite];
      throw new CommandError(ErrorCode.ShutdownInProgress, text, { labels });
    } finally {
      this.#context.transactionPool.release(connection);
    }
  }

  /** @throws CommandError 251 when there is nothing to abort; drivers ignore that. */
  async abort(token: RetryToken): Promise<Reply> {
    await this.#rollBack(this.#find(token));
    return { ok: 1 };
  }

  /** Ends the transaction of a session that ends, if it has one. */
  async abortSession(session: Buffer): Promise<void> {
    const transaction = this.#open.get(keyOf(session));
    if (transaction) await this.#rollBack(transaction);
  }

  /** Ends transactions that are open for too long: they hold locks and a connection. */
  async abortOverdue(): Promise<void> {
    const oldest = Date.now() - this.#context.lifetimeMs;
    const overdue = [...this.#open.values()].filter((transaction) => transaction.startedAt <= oldest);
    await Promise.all(overdue.map((transaction) => this.#rollBack(transaction)));
  }

  async abortAll(): Promise<void> {
    await Promise.all([...this.#open.values()].map((transaction) => this.#rollBack(transaction)));
  }

  async #begin(token: RetryToken): Promise<Transaction> {
    // As in MongoDB, a newer transaction of a session ends the older one.
    await this.abortSession(token.session);
    const connection = this.#context.transactionPool.acquire();
    const transaction: Transaction = {
      key: keyOf(token.session),
      token: { session: Buffer.from(token.session), number: token.number },
      connection,
      startedAt: Date.now(),
      tail: connection.then((acquired) => acquired.exec('begin isolation level repeatable read')),
    };
    this.#open.set(transaction.key, transaction);
    return transaction;
  }

  async #runIn(transaction: Transaction, command: Command, handler: Handler): Promise<Reply> {
    if (!isAllowedInTransactions(command)) {
      const text = `Cannot run '${command.name}' in a multi-document transaction.`;
      throw new CommandError(ErrorCode.OperationNotSupportedInTransaction, text);
    }
    const connection = await transaction.connection;
    const { cursors, commandPool } = this.#context;
    const lookUp: Execution['lookUp'] = (work) => commandPool.with(work);
    const execution: Execution = { connection, cursors, lookUp, transaction: transaction.key };
    return withTimeLimit(command, connection, () => handler(command, execution));
  }

  #find(token: RetryToken): Transaction {
    const transaction = this.#open.get(keyOf(token.session));
    if (transaction?.token.number !== token.number) throw noSuchTransaction(token);
    return transaction;
  }

  async #rollBack(transaction: Transaction): Promise<void> {
    if (this.#open.get(transaction.key) !== transaction) return;
    this.#open.delete(transaction.key);
    this.#context.cursors.deleteOfTransaction(transaction.key);
    await transaction.tail.catch(() => undefined);
    const connection = await transaction.connection.catch(() => undefined);
    if (!connection) return;
    // A broken connection has rolled back by itself.
    await connection.exec('rollback').catch(() => undefined);
    this.#context.transactionPool.release(connection);
  }

  async #settle(token: RetryToken): Promise<Reply> {
    const outcome = await this.#context.commandPool.with((connection) => settleCommit(connection, token));
    if (outcome === 'committed') return { ok: 1 };
    throw noSuchTransaction(token);
  }
}

function keyOf(session: Buffer): string {
  return session.toString('latin1');
}

function noSuchTransaction(token: RetryToken): CommandError {
  const text = `Transaction ${token.number} has been aborted or is not in progress.`;
  return new CommandError(ErrorCode.NoSuchTransaction, text, { labels: [ErrorLabel.TransientTransaction] });
}
