import { type AuthDatabase, type LoginStatus, named, type UserRole, users } from '@postbook/db/auth';
import { and, eq, sql } from 'drizzle-orm';
import type { Device } from '../client/device.ts';

/** What a login is checked against. */
export interface LoginCandidate {
  readonly userId: string;
  readonly passwordHash: string;
  readonly role: UserRole;
  readonly isEmailVerified: boolean;
  readonly isActive: boolean;
  readonly lockedUntil: Date | null;
}

/** A login attempt to be recorded. */
export interface FailedLogin {
  /** Null when no account was named. */
  readonly userId: string | null;
  readonly identifier: string;
  readonly status: Exclude<LoginStatus, 'Success'>;
  readonly reason: string;
  /** Whether it brings the account's lock closer. */
  readonly counts: boolean;
  readonly device: Device;
}

/** A session to begin. */
export interface NewSession {
  readonly sessionId: string;
  readonly userId: string;
  readonly identifier: string;
  readonly refreshTokenHash: string;
  readonly lifetimeDays: number;
  readonly absoluteLifetimeDays: number;
  readonly device: Device;
}

/** Logins. Each method is one statement, which is a transaction of its own: nothing is half done, and nothing waits. */
export interface LoginRepository {
  /** By username or e-mail address, in any case. */
  find(identifier: string): Promise<LoginCandidate | undefined>;
  /** Records the attempt and counts it, in one step. */
  recordFailure(login: FailedLogin): Promise<void>;
  /** Begins the session and records the login. Null when the account can't be used any more. */
  begin(session: NewSession): Promise<{ expiresAt: Date } | null>;
  /** Replaces the hash by one of the same password at today's cost, unless it was changed meanwhile. */
  upgradeHash(userId: string, from: string, to: string): Promise<void>;
}

/** Longest identifier that is kept. */
const MAX_IDENTIFIER_LENGTH = 255;

/** Logins over the database's routines. */
export function createLoginRepository(db: AuthDatabase): LoginRepository {
  return {
    async find(identifier) {
      const rows = await db.execute<{
        user_id: string;
        password_hash: string;
        role: UserRole;
        is_email_verified: boolean;
        account_status: string;
        account_locked_until: string | null;
      }>(sql`/* auth.userByLogin */ select * from get_user_by_login(${identifier})`);
      const row = rows[0];
      return (
        row && {
          userId: row.user_id,
          passwordHash: row.password_hash,
          role: row.role,
          isEmailVerified: row.is_email_verified,
          isActive: row.account_status === 'Active',
          lockedUntil: row.account_locked_until === null ? null : new Date(row.account_locked_until),
        }
      );
    },

    async recordFailure({ userId, identifier, status, reason, counts, device }) {
      await db.execute(
        sql`/* auth.recordFailedLogin */ CALL record_failed_login(NULL, ${userId},
          ${identifier.slice(0, MAX_IDENTIFIER_LENGTH)}, ${status}, ${reason}, ${counts}, ${device.type}, ${device.info},
          ${device.ipAddress}, ${device.userAgent})`,
      );
    },

    async begin({ sessionId, userId, identifier, refreshTokenHash, lifetimeDays, absoluteLifetimeDays, device }) {
      const rows = await db.execute<{ p_session_id: string | null; p_expires_at: string | null }>(
        sql`/* auth.createUserSession */ CALL create_user_session(NULL, NULL, ${userId}, ${refreshTokenHash},
          ${device.type}, ${device.info}, ${device.ipAddress}, NULL, ${device.userAgent},
          make_interval(days => ${lifetimeDays}::integer), make_interval(days => ${absoluteLifetimeDays}::integer),
          ${identifier.slice(0, MAX_IDENTIFIER_LENGTH)}, ${sessionId})`,
      );
      const expiresAt = rows[0]?.p_expires_at;
      return expiresAt ? { expiresAt: new Date(expiresAt) } : null;
    },

    async upgradeHash(userId, from, to) {
      await db
        .update(users)
        .set({ passwordHash: to })
        .where(named('auth.upgradePasswordHash', and(eq(users.userId, userId), eq(users.passwordHash, from))));
    },
  };
}
