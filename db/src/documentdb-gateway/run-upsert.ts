import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { fromBson, peek } from './bson-peek.ts';
import type { Command, Execution, Handler, Reply } from './command.ts';
import { CommandError, ErrorCode } from './command-error.ts';
import { claimsInsert, firstFilter } from './commands/upserts.ts';
import type { PgConnection } from './pg-connection.ts';
import { isConflict, PgError, SERIALIZATION_FAILURE } from './pg-error.ts';

const MAX_ATTEMPTS = 12;
/** From here on attempts keep apart: those before met others that came at the same moment. */
const FIRST_PAUSE_AFTER = 3;
const PAUSE_MS = 10;

/**
 * Runs a command that may upsert, outside transactions.
 *
 * DocumentDB inserts with ON CONFLICT DO UPDATE: in read committed an upsert that loses the race for a new _id is merged
 * into the winner's document and still reports an insert, so `$setOnInsert` values that were acknowledged are nowhere.
 * In repeatable read the loser fails instead and is run again, when it finds the document. There, however, a document
 * that is written all the time would be missed again and again. So attempts take turns: strict ones, in which an insert
 * is known to be one, and read committed ones, which wait in line for the document but whose inserts are not believed.
 *
 * Inserts that meet at a secondary unique index wait for each other, which PostgreSQL ends after a while as a deadlock.
 * So upserts with the same filter queue up for an advisory lock: at once where such an index may be what makes them
 * unique, else after their first conflict.
 *
 * Each attempt is one PostgreSQL transaction with its memory of the reply, so nothing of a failed one remains.
 *
 * @throws CommandError 112 WriteConflict, labelled as safe to repeat, when every attempt met a conflict.
 */
export async function runUpsert(command: Command, execution: Execution, handler: Handler): Promise<Reply> {
  const { connection } = execution;
  const atomic: Execution = { ...execution, atomic: true, lookUp: (work) => lookUpOn(connection, work) };
  const filter = firstFilter(command);
  const queuesAtOnce = filter !== undefined && !peek(filter).has('_id');
  for (let attempt = 1; ; attempt++) {
    const strict = attempt % 2 === 1;
    const isolation = strict ? 'repeatable read' : 'read committed';
    const lock = queuesAtOnce || attempt > 1 ? lockKey(command, filter) : undefined;
    try {
      return await inTransaction(connection, { isolation, lock }, async () => {
        const reply = await handler(command, atomic);
        if (!strict && claimsInsert(Buffer.isBuffer(reply) ? fromBson(reply) : reply)) throw conflict();
        return reply;
      });
    } catch (error) {
      if (!isConflict(error)) throw error;
      if (attempt >= MAX_ATTEMPTS) {
        throw new CommandError(ErrorCode.WriteConflict, error.message, { nothingHappened: true });
      }
      if (attempt >= FIRST_PAUSE_AFTER) await delay(Math.random() * PAUSE_MS * attempt);
    }
  }
}

async function inTransaction<T>(
  connection: PgConnection,
  { isolation, lock }: { isolation: string; lock: string | undefined },
  work: () => Promise<T>,
): Promise<T> {
  // Requests are not awaited one by one, so that they travel together. The lock is the session's, not the transaction's:
  // the transaction's view of the data must not be older than the lock.
  const locked = lock && connection.query('select pg_advisory_lock($1)', [lock]);
  const unlock = (): unknown => lock && connection.query('select pg_advisory_unlock($1)', [lock]);
  try {
    const [, , result] = await Promise.all([locked, connection.exec(`begin isolation level ${isolation}`), work()]);
    const [tag] = await Promise.all([connection.exec('commit'), unlock()]);
    if (tag !== 'COMMIT') throw conflict();
    return result;
  } catch (error) {
    // A lost connection has rolled back, and unlocked, by itself.
    await Promise.all([connection.exec('rollback'), unlock()]).catch(() => undefined);
    throw error;
  }
}

/** One key for all gateways on a server. */
function lockKey({ database, collection }: Command, filter: Buffer | undefined): string {
  const hash = createHash('sha1').update(`${database}.${collection}\0`);
  if (filter) hash.update(filter);
  return String(hash.digest().readBigInt64BE());
}

/** After a failed statement nothing can be asked in the same transaction, which is lost anyway. */
async function lookUpOn<T>(connection: PgConnection, work: (connection: PgConnection) => Promise<T>): Promise<T> {
  if (connection.failed) await connection.exec('rollback');
  return work(connection);
}

function conflict(): PgError {
  return new PgError(SERIALIZATION_FAILURE, 'another write came in between');
}
