import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { databaseUrl } from './ensure-database.ts';

/** Options of {@link openDatabase}. */
export interface OpenDatabaseOptions<Schema extends Record<string, unknown>> {
  /** The server, with any database in its path. */
  readonly url: string;
  readonly database: string;
  readonly schema: Schema;
  /** Most connections this process opens. Default 10; all processes together must stay below the server's limit. */
  readonly poolSize?: number;
  /** Shown in pg_stat_activity. */
  readonly applicationName?: string;
  /** Milliseconds after which the server gives a statement up. Default 10,000. */
  readonly statementTimeoutMs?: number;
}

/** A pool of connections with Drizzle on top. */
export interface OpenedDatabase<Schema extends Record<string, unknown>> {
  readonly db: PostgresJsDatabase<Schema>;
  /** Rejects when the server doesn't answer. */
  ping(): Promise<void>;
  /** Waits for queries that run, at most 5 s, then closes. Callable twice. */
  close(): Promise<void>;
}

/** Opens a pool. Connections are made when they are needed: a server that is away is noticed by the first query. */
export function openDatabase<Schema extends Record<string, unknown>>(
  options: OpenDatabaseOptions<Schema>,
): OpenedDatabase<Schema> {
  const client = postgres(databaseUrl(options.url, options.database), {
    max: options.poolSize ?? 10,
    connect_timeout: 5,
    idle_timeout: 60,
    onnotice: () => undefined,
    connection: {
      application_name: options.applicationName ?? 'postbook',
      statement_timeout: options.statementTimeoutMs ?? 10_000,
      // Every text without an offset means UTC, whatever the server's own zone is.
      TimeZone: 'UTC',
    },
  });
  return {
    db: drizzle(client, { schema: options.schema }),
    async ping() {
      await client`select 1`;
    },
    close: () => client.end({ timeout: 5 }),
  };
}
