import {
  type AuthDatabase,
  type AuthTransaction,
  named,
  type RevocationReason,
  type UserRole,
  userSessions,
} from '@postbook/db/auth';
import { type Page, type PageRequest, type TimeKey, toPage } from '@postbook/service-kit';
import { and, asc, desc, eq, gt, type SQL, sql } from 'drizzle-orm';

/** A session as its owner sees it. */
export interface Session {
  readonly id: string;
  readonly userId: string;
  readonly deviceType: string | null;
  readonly deviceInfo: string | null;
  readonly ipAddress: string | null;
  readonly createdAt: Date;
  readonly lastActivityAt: Date;
  readonly expiresAt: Date;
}

/** Which sessions of a user to end. */
export type SessionSelection = { readonly sessionId: string } | { readonly allBut: string } | 'all';

/** An exchange of a refresh token for its successor. */
export interface RefreshExchange {
  readonly tokenHash: string;
  readonly successorHash: string;
  readonly lifetimeDays: number;
  readonly graceSeconds: number;
  readonly ipAddress: string | null;
}

/** What came of an exchange; see `store_refresh_token`. */
export type RefreshOutcome =
  | { readonly outcome: 'Refused' }
  | { readonly outcome: 'Reused'; readonly sessionId: string; readonly userId: string }
  | {
      readonly outcome: 'Rotated' | 'Replayed';
      readonly sessionId: string;
      readonly userId: string;
      readonly role: UserRole;
      readonly expiresAt: Date;
    };

/** Sessions. */
export interface SessionRepository {
  /** The user's sessions that can still be used, newest first. */
  page(userId: string, request: PageRequest<TimeKey>): Promise<Page<Session>>;
  /** Ends sessions and returns the ids of those that were active. */
  revoke(tx: AuthTransaction, userId: string, which: SessionSelection, reason: RevocationReason): Promise<string[]>;
  exchange(tx: AuthTransaction, exchange: RefreshExchange): Promise<RefreshOutcome>;
}

const columns = {
  id: userSessions.sessionId,
  userId: userSessions.userId,
  deviceType: userSessions.deviceType,
  deviceInfo: userSessions.deviceInfo,
  ipAddress: userSessions.ipAddress,
  createdAt: userSessions.createdAt,
  lastActivityAt: userSessions.lastActivityAt,
  expiresAt: userSessions.expiresAt,
};

/** Rows on the far side of the cursor, compared as a pair so that equal times neither skip nor repeat. */
function beyond(cursor: TimeKey | undefined, isBackward: boolean): SQL | undefined {
  if (!cursor) return undefined;
  const key = sql`(${userSessions.createdAt}, ${userSessions.sessionId})`;
  const at = sql`(${cursor.at.toISOString()}::timestamptz, ${cursor.id}::uuid)`;
  return isBackward ? sql`${key} > ${at}` : sql`${key} < ${at}`;
}

function selectionArguments(which: SessionSelection): SQL {
  if (which === 'all') return sql`NULL, TRUE`;
  if ('sessionId' in which) return sql`${which.sessionId}, FALSE`;
  return sql`NULL, TRUE`;
}

interface ExchangeRow extends Record<string, unknown> {
  p_outcome: 'Rotated' | 'Replayed' | 'Reused' | 'Refused';
  p_session_id: string;
  p_user_id: string;
  p_expires_at: string;
  p_role: UserRole;
}

/** Sessions over Drizzle and the database's routines. */
export function createSessionRepository(db: AuthDatabase): SessionRepository {
  return {
    async page(userId, { limit, direction, cursor }) {
      const isBackward = direction === 'backward';
      const order = isBackward ? asc : desc;
      const rows = await db
        .select(columns)
        .from(userSessions)
        .where(
          named(
            'auth.sessionPage',
            and(
              eq(userSessions.userId, userId),
              eq(userSessions.isActive, true),
              gt(userSessions.expiresAt, sql`CURRENT_TIMESTAMP`),
              beyond(cursor, isBackward),
            ),
          ),
        )
        .orderBy(order(userSessions.createdAt), order(userSessions.sessionId))
        .limit(limit + 1);
      return toPage(rows, limit);
    },

    async revoke(tx, userId, which, reason) {
      const except = typeof which === 'object' && 'allBut' in which ? which.allBut : null;
      const rows = await tx.execute<{ p_session_ids: string[] }>(
        sql`/* auth.revokeUserSessions */ CALL revoke_user_sessions(NULL, NULL, ${userId}, ${selectionArguments(which)},
          ${reason}, ${except})`,
      );
      return rows[0]?.p_session_ids ?? [];
    },

    async exchange(tx, { tokenHash, successorHash, lifetimeDays, graceSeconds, ipAddress }) {
      const rows = await tx.execute<ExchangeRow>(
        sql`/* auth.storeRefreshToken */ CALL store_refresh_token(NULL, NULL, NULL, NULL, NULL, ${tokenHash},
          ${successorHash}, make_interval(days => ${lifetimeDays}::integer), make_interval(secs => ${graceSeconds}::integer),
          ${ipAddress})`,
      );
      const row = rows[0];
      if (!row || row.p_outcome === 'Refused') return { outcome: 'Refused' };
      const session = { sessionId: row.p_session_id, userId: row.p_user_id };
      if (row.p_outcome === 'Reused') return { outcome: 'Reused', ...session };
      return { outcome: row.p_outcome, ...session, role: row.p_role, expiresAt: new Date(row.p_expires_at) };
    },
  };
}
