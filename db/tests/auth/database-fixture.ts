import { randomBytes, randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { migrateAuthDatabase } from '../../src/auth/index.ts';

/** A row of any shape. */
// biome-ignore lint/suspicious/noExplicitAny: rows of every shape; the expectations check them.
export type Row = Record<string, any>;

/** The server of the run. @throws Error when it has none. */
export function serverUrl(): string {
  const url = process.env.POSTGRES_URL;
  if (!url) throw new Error('POSTGRES_URL is missing: run the tests with stores');
  return url;
}

/** A name nobody else uses. */
export const uniqueDatabase = (): string => `auth_db_test_${randomBytes(6).toString('hex')}`;

/** Drops a database, connections included. */
export async function dropDatabase(database: string): Promise<void> {
  const sql = postgres(serverUrl(), { max: 1, onnotice: () => undefined });
  await sql.unsafe(`drop database if exists ${database} with (force)`);
  await sql.end();
}

/** A text that has the form of a SHA-256 in hexadecimal. */
export const fakeHash = (): string => randomBytes(32).toString('hex');

/** A migrated database of one test file. */
export async function openTestDatabase() {
  const database = uniqueDatabase();
  await migrateAuthDatabase({ url: serverUrl(), database });
  const url = Object.assign(new URL(serverUrl()), { pathname: `/${database}` }).toString();
  const sql = postgres(url, { max: 20, onnotice: () => undefined });
  let made = 0;

  /** A user straight in the table. */
  const user = async (columns: Row = {}): Promise<Row> => {
    made += 1;
    const row = {
      username: `user_${made}`,
      email: `user${made}@example.org`,
      email_normalized: '',
      password_hash: '$argon2id$test',
      first_name: 'Ada',
      last_name: 'Lovelace',
      ...columns,
    };
    const [inserted] = await sql`insert into users ${sql(row)} returning *`;
    if (!inserted) throw new Error('no user was inserted');
    return inserted;
  };

  /** A user whose address is verified. */
  const verifiedUser = (columns: Row = {}) => user({ email_verified_at: new Date(), ...columns });

  /** An open code of the user. */
  const code = async (userId: string, columns: Row = {}): Promise<Row> => {
    const row = {
      user_id: userId,
      code_type: 'Email',
      code_hash: fakeHash(),
      expires_at: new Date(Date.now() + 900_000),
      ...columns,
    };
    const [inserted] = await sql`insert into verification_codes ${sql(row)} returning *`;
    if (!inserted) throw new Error('no code was inserted');
    return inserted;
  };

  /** A session by way of the procedure. */
  const session = async (userId: string, hash = fakeHash(), identifier = 'user'): Promise<Row> => {
    const [row] =
      await sql`call create_user_session(null, null, ${userId}, ${hash}, 'Web', 'Firefox', '192.0.2.1', null, 'UA',
      '30 days', '90 days', ${identifier})`;
    return { ...row, hash };
  };

  /** The only row of a query. */
  const one = async (query: postgres.PendingQuery<postgres.Row[]>): Promise<Row> => {
    const [row] = await query;
    if (!row) throw new Error('no row');
    return row;
  };

  return {
    sql,
    database,
    user,
    verifiedUser,
    code,
    session,
    one,
    newId: randomUUID,
    async close() {
      await sql.end();
      await dropDatabase(database);
    },
  };
}

/** What {@link openTestDatabase} gives. */
export type TestDatabase = Awaited<ReturnType<typeof openTestDatabase>>;
