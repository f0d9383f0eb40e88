import { type AuthDatabase, type AuthTransaction, named, signingKeys } from '@postbook/db/auth';
import { desc, gt, isNull, or, sql } from 'drizzle-orm';

/** A signing key as stored. */
export type SigningKeyRow = typeof signingKeys.$inferSelect;

/** Keys that sign access tokens. */
export interface SigningKeyRepository {
  /** Keys to be published, newest first. */
  published(): Promise<SigningKeyRow[]>;
  /** Runs the work while no other process makes or retires keys; it is given the keys as they are then, and the time. */
  exclusively(work: (tx: AuthTransaction, keys: readonly SigningKeyRow[], now: Date) => Promise<void>): Promise<void>;
  /** Has the newest key leave at that moment, to make room for another. */
  retireNewest(tx: AuthTransaction, publishedUntil: Date): Promise<void>;
  add(tx: AuthTransaction, key: typeof signingKeys.$inferInsert): Promise<void>;
}

/** Keys over Drizzle. */
export function createSigningKeyRepository(db: AuthDatabase): SigningKeyRepository {
  const publishedIn = (connection: AuthDatabase | AuthTransaction) =>
    connection
      .select()
      .from(signingKeys)
      .where(
        named(
          'auth.publishedKeys',
          or(isNull(signingKeys.publishedUntil), gt(signingKeys.publishedUntil, sql`CURRENT_TIMESTAMP`)),
        ),
      )
      .orderBy(desc(signingKeys.signsFrom));
  return {
    published: () => publishedIn(db),
    exclusively: (work) =>
      db.transaction(async (tx) => {
        await tx.execute(
          sql`/* auth.lockSigningKeys */ select pg_advisory_xact_lock(hashtextextended('signing keys', 0))`,
        );
        const clock = await tx.execute<{ now: string }>(sql`select CURRENT_TIMESTAMP as now`);
        await work(tx, await publishedIn(tx), new Date(clock[0]?.now ?? Date.now()));
      }),
    async retireNewest(tx, publishedUntil) {
      await tx
        .update(signingKeys)
        .set({ publishedUntil })
        .where(named('auth.retireNewestKey', isNull(signingKeys.publishedUntil)));
    },
    async add(tx, key) {
      await tx.insert(signingKeys).values(key);
    },
  };
}
