import postgres from 'postgres';

/** Database names as this project uses them: unquoted capitals would fold, and nothing here needs quoting. */
const DATABASE_NAME = /^[a-z][a-z0-9_]{0,62}$/;

const DUPLICATE_DATABASE = '42P04';
const UNIQUE_VIOLATION = '23505';

/** The server's URL with another database. @throws Error for a name that is not lower snake case. */
export function databaseUrl(serverUrl: string, database: string): string {
  if (!DATABASE_NAME.test(database)) throw new Error(`"${database}" is no lower snake case database name`);
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.toString();
}

/**
 * Creates the database unless it exists. Safe when several processes do so at once: who comes second finds it there.
 *
 * @param serverUrl a URL with any existing database; its user must be allowed to create databases if there is none yet.
 */
export async function ensureDatabase(serverUrl: string, database: string): Promise<void> {
  databaseUrl(serverUrl, database);
  const sql = postgres(serverUrl, { max: 1, onnotice: () => undefined });
  try {
    const existing = await sql`select from pg_database where datname = ${database}`;
    if (existing.length > 0) return;
    // template0: the only template that lets the encoding differ from the server's own.
    await sql.unsafe(`create database ${database} template template0 encoding 'UTF8'`);
  } catch (error) {
    const code = error instanceof postgres.PostgresError ? error.code : undefined;
    if (code !== DUPLICATE_DATABASE && code !== UNIQUE_VIOLATION) throw error;
  } finally {
    await sql.end();
  }
}
