import postgres from 'postgres';
import { databaseUrl, ensureDatabase } from './ensure-database.ts';
import { type Migration, readMigrations } from './migrations.ts';

/** Key of the advisory lock that lets one process migrate at a time. Any number will do that nothing else uses. */
const MIGRATION_LOCK = 7_290_114_301;

/** Options of {@link migrateDatabase}. */
export interface MigrateOptions {
  /** The server, with any existing database. */
  readonly url: string;
  /** Created when absent. */
  readonly database: string;
  /** Where the `.sql` files are. */
  readonly folder: string;
}

/** What {@link migrateDatabase} did. */
export interface MigrateResult {
  /** Names of the migrations that were applied now; empty when the database was up to date. */
  readonly applied: readonly string[];
}

/** An applied migration was changed afterwards. Remedy: restore the file and put the change into a new one. */
export class ChangedMigrationError extends Error {
  override readonly name = 'ChangedMigrationError';
}

/** Those that are still to be applied. */
function pendingMigrations(all: readonly Migration[], journal: ReadonlyMap<string, string>): Migration[] {
  for (const { name, checksum } of all) {
    const applied = journal.get(name);
    if (applied !== undefined && applied !== checksum) {
      throw new ChangedMigrationError(`${name} was changed after it had been applied: put the change into a new file`);
    }
  }
  return all.filter(({ name }) => !journal.has(name));
}

/**
 * Brings a database up to date: each migration in a transaction of its own together with its line in the journal, in
 * order, by one process at a time (others wait and then find nothing to do). Repeatable.
 *
 * @throws ChangedMigrationError, or the error of the statement that failed, whose migration is then not applied.
 */
export async function migrateDatabase(options: MigrateOptions): Promise<MigrateResult> {
  const migrations = await readMigrations(options.folder);
  await ensureDatabase(options.url, options.database);
  // One connection: the lock belongs to the session.
  const sql = postgres(databaseUrl(options.url, options.database), {
    max: 1,
    onnotice: () => undefined,
    connection: { application_name: 'postbook-migrate' },
  });
  try {
    await sql`select pg_advisory_lock(${MIGRATION_LOCK})`;
    await sql`
      create table if not exists schema_migrations (
        name text primary key,
        checksum text not null,
        applied_at timestamptz not null default current_timestamp
      )`;
    const rows = await sql<{ name: string; checksum: string }[]>`select name, checksum from schema_migrations`;
    const pending = pendingMigrations(migrations, new Map(rows.map(({ name, checksum }) => [name, checksum])));
    for (const { name, sql: text, checksum } of pending) {
      await sql.begin(async (transaction) => {
        await transaction.unsafe(text);
        await transaction`insert into schema_migrations (name, checksum) values (${name}, ${checksum})`;
      });
    }
    return { applied: pending.map(({ name }) => name) };
  } finally {
    // Ending the session also gives the lock back.
    await sql.end();
  }
}
