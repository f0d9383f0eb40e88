import { setTimeout as delay } from 'node:timers/promises';
import { type ClientSession, type MongoClient, MongoError } from 'mongodb';
import {
  conflictDelayMs,
  createAfterCommit,
  type Transaction,
  type Transactor,
  type TransactorOptions,
} from '../transactions/transactor.ts';

/** A transaction of MongoDB. Services pass it on; only repositories look at `session`. */
export interface MongoTransaction extends Transaction {
  readonly session: ClientSession;
}

const WRITE_CONFLICT = 112;

const isConflict = (error: unknown): boolean =>
  error instanceof MongoError && (error.hasErrorLabel('TransientTransactionError') || error.code === WRITE_CONFLICT);

const isCommitUnknown = (error: unknown): boolean =>
  error instanceof MongoError && error.hasErrorLabel('UnknownTransactionCommitResult');

/** Commits, asking again while the outcome is unknown: committing twice is harmless, giving up could hide a success. */
async function commit(session: ClientSession, deadline: number): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await session.commitTransaction();
      return;
    } catch (error) {
      if (!isCommitUnknown(error) || Date.now() >= deadline) throw error;
      await delay(conflictDelayMs(attempt));
    }
  }
}

/**
 * Transactions with snapshot reads and journaled majority commits. Unlike the driver's own helper, which retries without
 * a pause for two minutes, conflicts are retried with jitter for ten seconds: fifty rivals would else keep failing each
 * other.
 */
export function createMongoTransactor(
  client: MongoClient,
  options: TransactorOptions = {},
): Transactor<MongoTransaction> {
  async function attemptOnce<Result>(
    session: ClientSession,
    deadline: number,
    work: (tx: MongoTransaction) => Promise<Result>,
  ): Promise<Result> {
    const after = createAfterCommit(options.onAfterCommitError);
    session.startTransaction({ readConcern: { level: 'snapshot' }, writeConcern: { w: 'majority', journal: true } });
    try {
      const result = await work({ session, afterCommit: after.add });
      await commit(session, deadline);
      after.runAll();
      return result;
    } catch (error) {
      if (session.inTransaction()) await session.abortTransaction().catch(() => undefined);
      throw error;
    }
  }

  return {
    run(work) {
      const deadline = Date.now() + (options.retryForMs ?? 10_000);
      return client.withSession(async (session) => {
        for (let attempt = 1; ; attempt += 1) {
          try {
            return await attemptOnce(session, deadline, work);
          } catch (error) {
            if (!isConflict(error) || Date.now() >= deadline) throw error;
            await delay(conflictDelayMs(attempt));
          }
        }
      });
    },
  };
}
