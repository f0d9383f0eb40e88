import type { AuthDatabase } from '@postbook/db/auth';
import { sql } from 'drizzle-orm';

/** Upkeep of the store. */
export interface RetentionRepository {
  /** Makes the login history's partitions of this month and the next three. Returns how many were missing. */
  ensurePartitions(): Promise<number>;
  /** Removes what ran out and archives old history. Returns how many rows left the live tables. */
  cleanUp(): Promise<number>;
}

/** Upkeep by the database's routines. */
export function createRetentionRepository(db: AuthDatabase): RetentionRepository {
  return {
    async ensurePartitions() {
      const rows = await db.execute<{ made: number }>(
        sql`/* auth.ensurePartitions */ select ensure_login_history_partitions() as made`,
      );
      return rows[0]?.made ?? 0;
    },
    async cleanUp() {
      return db.transaction(async (tx) => {
        // A request may not take this long, a nightly job may.
        await tx.execute(sql`set local statement_timeout = '10min'`);
        const rows = await tx.execute<{ removed: number }>(
          sql`/* auth.cleanUp */ select cleanup_old_data() as removed`,
        );
        return rows[0]?.removed ?? 0;
      });
    },
  };
}
