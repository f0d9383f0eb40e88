import postgres from 'postgres';
import { databaseUrl } from './ensure-database.ts';
import { readMigrations } from './migrations.ts';

const NO_SUCH_DATABASE = '3D000';
const NO_SUCH_TABLE = '42P01';

/** Names of the migrations that a database lacks, in order; all of them when there is no such database yet. */
export async function missingMigrations(options: { url: string; database: string; folder: string }): Promise<string[]> {
  const migrations = await readMigrations(options.folder);
  const sql = postgres(databaseUrl(options.url, options.database), { max: 1, onnotice: () => undefined });
  try {
    const rows = await sql<{ name: string }[]>`select name from schema_migrations`;
    const applied = new Set(rows.map(({ name }) => name));
    return migrations.map(({ name }) => name).filter((name) => !applied.has(name));
  } catch (error) {
    const code = error instanceof postgres.PostgresError ? error.code : undefined;
    if (code === NO_SUCH_DATABASE || code === NO_SUCH_TABLE) return migrations.map(({ name }) => name);
    throw error;
  } finally {
    await sql.end();
  }
}
