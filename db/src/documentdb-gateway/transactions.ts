import { setTimeout as delay } from 'node:timers/promises';
import type { Command, Execution, Handler, Reply } from './command.ts';
import { CommandError, ErrorCode, ErrorLabel } from './command-error.ts';
import { isAllowedInTransactions } from './commands/registry.ts';
import type { CursorTable } from './cursor-table.ts';
import type { PgConnection } from './pg-connection.ts';
import { isServerGone } from './pg-error.ts';
import type { PgPool } from './pg-pool.ts';
import { isAlreadyDone, type RetryToken, rememberCommit, settleCommit } from './retry-memory.ts';
import { withTimeLimit } from './run-command.ts';

/** The client connection a command came over. */
export interface Carrier {
  /** True once it is closed. */
  readonly destroyed: boolean;
}

interface Transaction {
  readonly key: string;
  readonly token: RetryToken;
  readonly connection: Promise<PgConnection>;
  readonly startedAt: number;
  /** Connections its commands came over. When the last of them closes, the client is gone, and its locks with it. */
  readonly carriers: Set<Carrier>;
  /** Commands that were received and have not ended. */
  running: number;
  /** Set when it is rolled back: what still waits for its turn is refused. */
  rolledBack: boolean;
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

/** How long a cancelled statement is given to end before it is cancelled again: the first request may come too early. */
const CANCEL_AGAIN_MS = 100;

/**
 * The open multi-document transactions: one per session, each on a PostgreSQL connection of its own.
 *
 * A transaction leaves `#open` at once when its end is decided: by a commit, or by whatever rolls it back. So nothing
 * that ends transactions (a client's death, old age) can reach one that is being committed, nor the other way round.
 */
export class Transactions {
  readonly #open = new Map<string, Transaction>();
  /** Roll-backs under way. */
  readonly #ending = new Set<Promise<void>>();
  readonly #context: TransactionsContext;

  constructor(context: TransactionsContext) {
    this.#context = context;
  }

  /** Runs a command in its session's transaction, which it may begin. Any failure ends the transaction. */
  async run(command: Command, token: RetryToken, handler: Handler, carrier: Carrier): Promise<Reply> {
    const start = command.fields.get('startTransaction') === true;
    const transaction = start ? await this.#begin(token) : this.#find(token);
    transaction.carriers.add(carrier);
    transaction.running += 1;
    const run = transaction.tail
      .then(() => this.#runIn(transaction, command, handler))
      .finally(() => {
        transaction.running -= 1;
      });
    transaction.tail = run.catch(() => undefined);
    // The client may have gone while an older transaction of its session was ended.
    if (carrier.destroyed) void this.abortCarriedBy(carrier);
    let failed = true;
    try {
      const reply = await run;
      failed = !Buffer.isBuffer(reply) && reply.writeErrors !== undefined;
      return reply;
    } catch (error) {
      // Whatever the statement died of, the client must be told that its transaction is over.
      throw transaction.rolledBack ? noSuchTransaction(token) : error;
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
    await this.#rollBackAll((transaction) => transaction.startedAt <= oldest);
  }

  /** Ends the transactions of a client whose last connection has closed. Nobody could commit them any more. */
  async abortCarriedBy(carrier: Carrier): Promise<void> {
    await this.#rollBackAll(({ carriers }) => carriers.delete(carrier) && carriers.size === 0);
  }

  /** Ends all, and waits for those that are ending. */
  async abortAll(): Promise<void> {
    await this.#rollBackAll(() => true);
    await Promise.all(this.#ending);
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
      carriers: new Set(),
      running: 0,
      rolledBack: false,
      tail: connection.then((acquired) => acquired.exec('begin isolation level repeatable read')),
    };
    this.#open.set(transaction.key, transaction);
    return transaction;
  }

  async #runIn(transaction: Transaction, command: Command, handler: Handler): Promise<Reply> {
    if (transaction.rolledBack) throw noSuchTransaction(transaction.token);
    if (!isAllowedInTransactions(command)) {
      const text = `Cannot run '${command.name}' in a multi-document transaction.`;
      throw new CommandError(ErrorCode.OperationNotSupportedInTransaction, text);
    }
    const connection = await transaction.connection;
    const { cursors, commandPool } = this.#context;
    const lookUp: Execution['lookUp'] = (work) => commandPool.with(work);
    const execution: Execution = { connection, cursors, lookUp, transaction: transaction.key, atomic: true };
    return withTimeLimit(command, connection, () => handler(command, execution));
  }

  #find(token: RetryToken): Transaction {
    const transaction = this.#open.get(keyOf(token.session));
    if (transaction?.token.number !== token.number) throw noSuchTransaction(token);
    return transaction;
  }

  async #rollBackAll(which: (transaction: Transaction) => boolean): Promise<void> {
    await Promise.all([...this.#open.values()].filter(which).map((transaction) => this.#rollBack(transaction)));
  }

  async #rollBack(transaction: Transaction): Promise<void> {
    if (this.#open.get(transaction.key) !== transaction) return;
    transaction.rolledBack = true;
    this.#open.delete(transaction.key);
    this.#context.cursors.deleteOfTransaction(transaction.key);
    const end = this.#end(transaction);
    this.#ending.add(end);
    await end.finally(() => this.#ending.delete(end));
  }

  async #end(transaction: Transaction): Promise<void> {
    const connection = await transaction.connection.catch(() => undefined);
    if (!connection) return;
    const cancelled = await cancelRunning(transaction, connection);
    // A broken connection has rolled back by itself.
    await connection.exec('rollback').catch(() => undefined);
    // A late cancel request would hit the next transaction on this connection.
    if (cancelled) connection.end();
    this.#context.transactionPool.release(connection);
  }

  async #settle(token: RetryToken): Promise<Reply> {
    const outcome = await this.#context.commandPool.with((connection) => settleCommit(connection, token));
    if (outcome === 'committed') return { ok: 1 };
    throw noSuchTransaction(token);
  }
}

/** Ends what is running in a transaction that is over: it may wait for a lock, or read for minutes. */
async function cancelRunning(transaction: Transaction, connection: PgConnection): Promise<boolean> {
  const ended = transaction.tail.then(
    () => true,
    () => true,
  );
  const cancelled = transaction.running > 0;
  while (transaction.running > 0) {
    await connection.cancel();
    await Promise.race([ended, delay(CANCEL_AGAIN_MS, undefined, { ref: false })]);
  }
  await ended;
  return cancelled;
}

function keyOf(session: Buffer): string {
  return session.toString('latin1');
}

function noSuchTransaction(token: RetryToken): CommandError {
  const text = `Transaction ${token.number} has been aborted or is not in progress.`;
  return new CommandError(ErrorCode.NoSuchTransaction, text, { labels: [ErrorLabel.TransientTransaction] });
}
