import {
  type AuthConnection,
  type AuthDatabase,
  type AuthTransaction,
  named,
  type UserRole,
  users,
} from '@postbook/db/auth';
import { and, eq, inArray, sql } from 'drizzle-orm';

/** An account as the graph shows it. */
export interface Account {
  readonly id: string;
  readonly username: string;
  readonly email: string;
  readonly isEmailVerified: boolean;
  readonly firstName: string;
  readonly lastName: string;
  readonly role: UserRole;
  readonly createdAt: Date;
}

/** A new account. The code is stored as its hash only. */
export interface NewAccount {
  readonly id: string;
  readonly username: string;
  readonly email: string;
  readonly passwordHash: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly codeHash: string;
}

/** What came of creating an account. With `EmailKnown` nothing was created, but the username is reserved all the same. */
export type CreatedAccount =
  | { readonly outcome: 'Created'; readonly codeExpiresAt: Date }
  | { readonly outcome: 'UsernameTaken' | 'EmailKnown' };

/** Accounts. */
export interface AccountRepository {
  /** Accounts that exist and are not deleted, in no order. */
  findByIds(ids: readonly string[]): Promise<Account[]>;
  /** The account of the address unless it is deleted: nobody mails the dead. */
  findByEmail(connection: AuthConnection, email: string): Promise<Account | undefined>;
  isUsernameTaken(username: string): Promise<boolean>;
  create(tx: AuthTransaction, account: NewAccount): Promise<CreatedAccount>;
  /**
   * The version of the next event about the user. Locks the row to the end of the transaction, so that events of a user
   * are in the outbox in the order of their versions.
   */
  nextVersion(tx: AuthTransaction, userId: string): Promise<number>;
}

const columns = {
  id: users.userId,
  username: users.username,
  email: users.email,
  isEmailVerified: users.isEmailVerified,
  firstName: users.firstName,
  lastName: users.lastName,
  role: users.role,
  createdAt: users.createdAt,
};

/** Accounts over Drizzle. */
export function createAccountRepository(db: AuthDatabase): AccountRepository {
  return {
    findByIds: (ids) =>
      db
        .select(columns)
        .from(users)
        .where(named('auth.accountsByIds', and(inArray(users.userId, [...ids]), eq(users.isDeleted, false)))),

    async findByEmail(connection, email) {
      const rows = await connection
        .select(columns)
        .from(users)
        .where(
          named(
            'auth.accountByEmail',
            and(eq(users.emailNormalized, sql`lower(${email})`), eq(users.isDeleted, false)),
          ),
        );
      return rows[0];
    },

    async isUsernameTaken(username) {
      const rows = await db.execute<{ taken: boolean }>(
        sql`/* auth.isUsernameTaken */ select username_exists(${username}) as taken`,
      );
      return rows[0]?.taken ?? true;
    },

    async create(tx, account) {
      const rows = await tx.execute<{ p_error: string | null; p_code_expires_at: string | null }>(
        sql`/* auth.createUser */ CALL create_user(NULL, NULL, NULL, ${account.username}, ${account.email},
          ${account.passwordHash}, ${account.firstName}, ${account.lastName}, NULL, ${account.id}, ${account.codeHash})`,
      );
      const error = rows[0]?.p_error;
      if (error === 'Username already taken') return { outcome: 'UsernameTaken' };
      if (error === 'Email already exists') return { outcome: 'EmailKnown' };
      if (error || !rows[0]?.p_code_expires_at) throw new Error(`create_user refused what was checked: ${error}`);
      return { outcome: 'Created', codeExpiresAt: new Date(rows[0].p_code_expires_at) };
    },

    async nextVersion(tx, userId) {
      const rows = await tx
        .update(users)
        .set({ version: sql`${users.version} + 1` })
        .where(named('auth.nextUserVersion', eq(users.userId, userId)))
        .returning({ version: users.version });
      if (!rows[0]) throw new Error('the user of an event does not exist');
      return rows[0].version;
    },
  };
}
