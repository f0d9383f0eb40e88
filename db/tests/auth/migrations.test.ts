import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getTableColumns, getTableName, is } from 'drizzle-orm';
import { PgTable } from 'drizzle-orm/pg-core';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as auth from '../../src/auth/index.ts';
import { databaseUrl, ensureDatabase } from '../../src/postgres/ensure-database.ts';
import { ChangedMigrationError, migrateDatabase } from '../../src/postgres/migrate.ts';
import { missingMigrations } from '../../src/postgres/migration-status.ts';
import { dropDatabase, openTestDatabase, serverUrl, type TestDatabase, uniqueDatabase } from './database-fixture.ts';

describe('migrations', () => {
  it('create the database and are applied once, whoever of many processes is first', async () => {
    const database = uniqueDatabase();
    const options = { url: serverUrl(), database };
    const results = await Promise.all(Array.from({ length: 5 }, () => auth.migrateAuthDatabase(options)));
    expect(results.filter(({ applied }) => applied.length > 0)).toHaveLength(1);
    expect((await auth.migrateAuthDatabase(options)).applied).toEqual([]);
    await dropDatabase(database);
  });

  describe('of a folder', () => {
    const database = uniqueDatabase();
    let folder: string;
    const migrate = () => migrateDatabase({ url: serverUrl(), database, folder });
    const write = (name: string, sql: string) => writeFile(join(folder, name), sql);
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'migrations-'));
    });
    afterAll(async () => {
      await rm(folder, { recursive: true });
      await dropDatabase(database);
    });

    it('are applied in the order of their names, later ones when they come', async () => {
      await write('0002-second.sql', 'insert into steps values (2)');
      await write('0001-first.sql', 'create table steps (n integer); insert into steps values (1)');
      expect((await migrate()).applied).toEqual(['0001-first', '0002-second']);
      await write('0003-third.sql', 'insert into steps values (3)');
      expect((await migrate()).applied).toEqual(['0003-third']);
    });

    it('leave no half of a migration that fails, and can be repeated once it is mended', async () => {
      await write('0004-fourth.sql', 'insert into steps values (4); select nonsense');
      await expect(migrate()).rejects.toThrow('nonsense');
      const sql = postgres(databaseUrl(serverUrl(), database), { max: 1 });
      expect(await sql`select n from steps order by n`).toHaveLength(3);
      await sql.end();
      await write('0004-fourth.sql', 'insert into steps values (4)');
      expect((await migrate()).applied).toEqual(['0004-fourth']);
    });

    it('are told apart from those that a database lacks, all of them before there is one', async () => {
      const missing = (of: string) => missingMigrations({ url: serverUrl(), database: of, folder });
      expect(await missing(database)).toEqual([]);
      await write('0005-fifth.sql', 'select 1');
      expect(await missing(database)).toEqual(['0005-fifth']);
      expect(await missing(uniqueDatabase())).toHaveLength(5);
      await migrate();
      expect(await missing(database)).toEqual([]);
    });

    it('are refused when one was changed after it had been applied', async () => {
      await write('0001-first.sql', 'create table steps (n integer, m integer)');
      await expect(migrate()).rejects.toThrow(ChangedMigrationError);
    });

    it('are refused without a number and a purpose in their names', async () => {
      await write('later.sql', 'select 1');
      await expect(migrate()).rejects.toThrow('0001-purpose.sql');
    });
  });

  it.each([['Auth'], ['a-b'], ['a"; drop database postgres'], ['']])('refuse the database name %j', async (name) => {
    await expect(ensureDatabase(serverUrl(), name)).rejects.toThrow('lower snake case');
  });
});

describe('the Drizzle schema', () => {
  let test: TestDatabase;
  beforeAll(async () => {
    test = await openTestDatabase();
  });
  afterAll(() => test.close());

  const tables = Object.values(auth).filter((value) => is(value, PgTable)) as PgTable[];

  it('knows every table of the service but those of the kit and the migrator', async () => {
    const rows = await test.sql`
      select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition`;
    const own = rows
      .map(({ name }) => name)
      .filter((name) => !['outbox', 'outbox_relay', 'inbox', 'schema_migrations'].includes(name));
    expect(tables.map(getTableName).sort()).toEqual(own.sort());
  });

  it.each(tables.map((table) => [getTableName(table), table] as const))('agrees with %s', async (name, table) => {
    const rows = await test.sql`
      select a.attname as name, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as not_null, a.attgenerated = 's' as generated
      from pg_attribute a where a.attrelid = ${name}::regclass and a.attnum > 0 and not a.attisdropped order by a.attnum`;
    const spelled = (type: string) =>
      type
        .replace(/^varchar/, 'character varying')
        .replace(/^timestamp \(3\) with time zone/, 'timestamp(3) with time zone');
    const columns = Object.values(getTableColumns(table)).map((column) => ({
      name: column.name,
      type: spelled(column.getSQLType()),
      not_null: column.notNull,
      generated: column.generated !== undefined,
    }));
    const byName = (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name);
    expect(columns.sort(byName)).toEqual([...rows].map((row) => ({ ...row })).sort(byName as never));
  });
});
