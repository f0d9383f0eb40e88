import { setTimeout as delay } from 'node:timers/promises';
import {
  conflictDelayMs,
  createAfterCommit,
  type Transaction,
  type Transactor,
  type TransactorOptions,
} from './transactor.ts';

/** A Drizzle database, as far as transactions go. */
interface TransactionSource<Tx> {
  transaction<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result>;
}

/** A transaction of PostgreSQL: Drizzle's, with work to be done after the commit. */
export type PostgresTransaction<Tx> = Tx & Transaction;

/** Serialisation failure and deadlock: the transaction had no effect and may be run again. */
const CONFLICT_CODES = new Set(['40001', '40P01']);

const isConflict = (error: unknown): boolean => {
  for (let current = error, depth = 0; current instanceof Error && depth < 5; current = current.cause, depth += 1) {
    if ('code' in current && CONFLICT_CODES.has(String(current.code))) return true;
  }
  return false;
};

/** Transactions of a Drizzle database; conflicts are retried with jitter for ten seconds. */
export function createPostgresTransactor<Tx extends object>(
  db: TransactionSource<Tx>,
  options: TransactorOptions = {},
): Transactor<PostgresTransaction<Tx>> {
  return {
    async run(work) {
      const deadline = Date.now() + (options.retryForMs ?? 10_000);
      for (let attempt = 1; ; attempt += 1) {
        const after = createAfterCommit(options.onAfterCommitError);
        try {
          const result = await db.transaction((tx) => work(Object.assign(tx, { afterCommit: after.add })));
          after.runAll();
          return result;
        } catch (error) {
          if (!isConflict(error) || Date.now() >= deadline) throw error;
          await delay(conflictDelayMs(attempt));
        }
      }
    },
  };
}
