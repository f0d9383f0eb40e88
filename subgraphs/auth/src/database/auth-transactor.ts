import type { AuthTransaction } from '@postbook/db/auth';
import type { Outbox, PostgresTransaction, Transactor } from '@postbook/service-kit';

/** Runs work in transactions of auth's database. */
export type AuthTransactor = Transactor<PostgresTransaction<AuthTransaction>>;

/** Where services leave events, in the transaction of the change. */
export type AuthOutbox = Outbox<AuthTransaction>;
