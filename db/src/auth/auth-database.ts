import { join } from 'node:path';
import type { PgTransaction } from 'drizzle-orm/pg-core';
import type { PostgresJsDatabase, PostgresJsQueryResultHKT } from 'drizzle-orm/postgres-js';
import type { ExtractTablesWithRelations } from 'drizzle-orm/relations';
import { type MigrateResult, migrateDatabase } from '../postgres/migrate.ts';
import { type OpenedDatabase, openDatabase } from '../postgres/open-database.ts';
import * as schema from './schema.ts';

/** Name of auth's database unless the configuration says otherwise. */
export const AUTH_DATABASE = 'auth_service_db';

type AuthSchema = typeof schema;

/** Auth's database: reads, and the begin of transactions. */
export type AuthDatabase = PostgresJsDatabase<AuthSchema>;

/** A transaction under way. Writers take it as an argument. */
export type AuthTransaction = PgTransaction<
  PostgresJsQueryResultHKT,
  AuthSchema,
  ExtractTablesWithRelations<AuthSchema>
>;

/** Where a read may run: on its own or within a transaction. */
export type AuthConnection = AuthDatabase | AuthTransaction;

/** Options of {@link openAuthDatabase}. */
export interface OpenAuthDatabaseOptions {
  /** The PostgreSQL server, with any database in its path. */
  readonly url: string;
  /** Default {@link AUTH_DATABASE}. */
  readonly database?: string;
  /** Most connections this process opens. Default 10. */
  readonly poolSize?: number;
  /** Milliseconds after which the server gives a statement up. Default 10,000. */
  readonly statementTimeoutMs?: number;
}

/** Opens a pool on auth's database, which must have been migrated. */
export function openAuthDatabase(options: OpenAuthDatabaseOptions): OpenedDatabase<AuthSchema> {
  return openDatabase({
    ...options,
    database: options.database ?? AUTH_DATABASE,
    schema,
    applicationName: 'postbook-auth',
  });
}

/** Creates auth's database if it is absent and brings it up to date. Repeatable, also by several processes at once. */
export function migrateAuthDatabase(options: { url: string; database?: string }): Promise<MigrateResult> {
  return migrateDatabase({
    url: options.url,
    database: options.database ?? AUTH_DATABASE,
    folder: join(import.meta.dirname, 'migrations'),
  });
}
