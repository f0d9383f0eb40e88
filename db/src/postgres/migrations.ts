import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** One step of a database's shape. */
export interface Migration {
  /** File name without `.sql`: a number that orders it and its purpose, for example `0001-accounts`. */
  readonly name: string;
  readonly sql: string;
  /** Of the text: a migration that was applied must not change any more. */
  readonly checksum: string;
}

const MIGRATION_FILE = /^\d{4}-[a-z0-9-]+\.sql$/;

/** Reads a folder of migrations in their order. @throws Error for a file whose name has no order or purpose. */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort();
  return Promise.all(
    files.map(async (file) => {
      if (!MIGRATION_FILE.test(file)) throw new Error(`${file}: name migrations like 0001-purpose.sql`);
      const sql = await readFile(join(folder, file), 'utf8');
      return { name: file.slice(0, -'.sql'.length), sql, checksum: createHash('sha256').update(sql).digest('hex') };
    }),
  );
}
