import { CommandError, ErrorCode } from './command-error.ts';
import type { PgConnection, Row } from './pg-connection.ts';
import { PgError } from './pg-error.ts';

/**
 * What a session did last, kept in PostgreSQL and written in the transaction of the deed itself. So a driver that
 * sends a write or a commit again, because the gateway or the network died under it, gets the first outcome, and
 * nothing runs twice. One row per session, as in MongoDB's config.transactions.
 */
export interface RetryToken {
  /** The raw `lsid` document. */
  readonly session: Buffer;
  readonly number: bigint;
}

const SCHEMA = 'postbook_gateway';

/** SQLSTATE raised when a token was used before: the transaction around the second attempt must not commit. */
const ALREADY_DONE = 'PB001';

/**
 * `remember` is called in the transaction of a write or a commit. Two attempts in flight at once meet at the row's
 * unique key: the second waits for the first, then fails if the first committed.
 *
 * `settle` answers what became of a commit. Where no outcome is recorded it records "aborted" first, so that a
 * PostgreSQL backend that still works on the lost commit fails instead of committing after we said it did not.
 */
export const RETRY_MEMORY_SCHEMA = `
create schema if not exists ${SCHEMA};
create table if not exists ${SCHEMA}.retry_memory (
  session bytea primary key,
  txn_number bigint not null,
  outcome text not null check (outcome in ('reply', 'committed', 'aborted')),
  reply bytea,
  done_at timestamptz not null default clock_timestamp()
) with (fillfactor = 50);
create or replace function ${SCHEMA}.remember(for_session bytea, number bigint, how text, with_reply bytea)
returns void language plpgsql as $body$
begin
  insert into ${SCHEMA}.retry_memory as memory (session, txn_number, outcome, reply)
  values (for_session, number, how, with_reply)
  on conflict (session) do update
    set txn_number = excluded.txn_number, outcome = excluded.outcome, reply = excluded.reply, done_at = excluded.done_at
    where memory.txn_number < excluded.txn_number;
  if not found then
    raise exception 'transaction number % was used before', number using errcode = '${ALREADY_DONE}';
  end if;
end $body$;
create or replace function ${SCHEMA}.settle(for_session bytea, number bigint)
returns text language plpgsql as $body$
begin
  insert into ${SCHEMA}.retry_memory as memory (session, txn_number, outcome)
  values (for_session, number, 'aborted')
  on conflict (session) do update
    set txn_number = excluded.txn_number, outcome = excluded.outcome, reply = null, done_at = excluded.done_at
    where memory.txn_number < excluded.txn_number;
  return (select outcome from ${SCHEMA}.retry_memory where session = for_session and txn_number = number);
end $body$;
`;

const REMEMBER = `select ${SCHEMA}.remember($1, $2, 'committed', null)`;
const SETTLE = `select ${SCHEMA}.settle($1, $2)`;
const LOOK_UP = `select txn_number::text, reply from ${SCHEMA}.retry_memory where session = $1`;
const FORGET = `delete from ${SCHEMA}.retry_memory where session = $1 and txn_number = $2`;
const CLEAN = `delete from ${SCHEMA}.retry_memory where done_at < clock_timestamp() - $1::interval`;

/** Whether an error says that the token's deed was done before. */
export function isAlreadyDone(error: unknown): boolean {
  return error instanceof PgError && error.code === ALREADY_DONE;
}

/**
 * The SQL that runs `call` (returning p_result and perhaps p_success) and remembers its reply in the same transaction.
 * @param firstParam the position of the session among the statement's parameters; the number follows it.
 */
export function rememberingCall(call: string, columns: string, firstParam: number): string {
  const token = `$${firstParam}::bytea, $${firstParam + 1}::bigint`;
  return `with done as materialized (select * from ${call})
    select ${columns}, ${SCHEMA}.remember(${token}, 'reply', p_result::bytea) from done`;
}

/** Records a commit in the transaction that is about to commit. */
export function rememberCommit(connection: PgConnection, token: RetryToken): Promise<Row[]> {
  return connection.query(REMEMBER, [token.session, String(token.number)]);
}

/** What became of a commit nobody here knows about; afterwards it cannot change. */
export async function settleCommit(connection: PgConnection, token: RetryToken): Promise<'committed' | 'aborted'> {
  const [row] = await connection.query(SETTLE, [token.session, String(token.number)]);
  return row?.[0]?.toString() === 'committed' ? 'committed' : 'aborted';
}

/**
 * The reply to an earlier attempt; undefined when there was none.
 * @throws CommandError 225 TransactionTooOld when the session has moved on.
 */
export async function recallReply(connection: PgConnection, token: RetryToken): Promise<Buffer | undefined> {
  const [row] = await connection.query(LOOK_UP, [token.session]);
  if (!row) return undefined;
  const last = BigInt(row[0]?.toString() ?? '0');
  if (last > token.number) {
    const text = `transaction number ${token.number} is too old: the session is at ${last}`;
    throw new CommandError(ErrorCode.TransactionTooOld, text);
  }
  return last === token.number ? (row[1] ?? undefined) : undefined;
}

/** Makes room for running a write anew that failed as a whole. */
export async function forgetReply(connection: PgConnection, token: RetryToken): Promise<void> {
  await connection.query(FORGET, [token.session, String(token.number)]);
}

/** Forgets what no driver will ask for any more. */
export async function cleanRetryMemory(connection: PgConnection, maxAgeMs: number): Promise<void> {
  await connection.query(CLEAN, [`${maxAgeMs} milliseconds`]);
}
