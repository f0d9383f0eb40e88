import { type AuthDatabase, type AuthTransaction, mailOutbox, named } from '@postbook/db/auth';
import { and, asc, eq, inArray, isNotNull, lte, sql } from 'drizzle-orm';

/** A mail that this process may send until its lease ends. */
export interface ClaimedMail {
  readonly mailId: string;
  readonly kind: string;
  readonly sealed: Buffer;
  /** 1 for the first try. */
  readonly attempt: number;
}

/** Mails that wait in the database. */
export interface MailOutboxRepository {
  add(tx: AuthTransaction, mail: { mailId: string; kind: string; sealed: Buffer }): Promise<void>;
  /**
   * Takes mails that wait, oldest first; no other process gets them for the length of the lease. Should this one die, they
   * are due again after it.
   */
  claim(limit: number, leaseMs: number): Promise<ClaimedMail[]>;
  /** Notes that the mail was sent and erases it. */
  markSent(mailId: string): Promise<void>;
  /** Has the mail tried again later. */
  retryLater(mailId: string, afterMs: number, reason: string): Promise<void>;
  /** Gives the mail up and erases it. */
  giveUp(mailId: string, reason: string): Promise<void>;
}

const MAX_REASON_LENGTH = 255;
const fromNow = (ms: number) => sql`CURRENT_TIMESTAMP + ${ms} * interval '1 millisecond'`;

/** Mails over Drizzle. Times are the database's, so that processes need not agree on a clock. */
export function createMailOutboxRepository(db: AuthDatabase): MailOutboxRepository {
  return {
    async add(tx, mail) {
      await tx.insert(mailOutbox).values(mail);
    },

    async claim(limit, leaseMs) {
      const due = db
        .select({ mailId: mailOutbox.mailId })
        .from(mailOutbox)
        .where(
          named(
            'auth.claimMails',
            and(isNotNull(mailOutbox.sealed), lte(mailOutbox.availableAt, sql`CURRENT_TIMESTAMP`)),
          ),
        )
        .orderBy(asc(mailOutbox.availableAt), asc(mailOutbox.mailId))
        .limit(limit)
        .for('update', { skipLocked: true });
      const rows = await db
        .update(mailOutbox)
        .set({ attempts: sql`${mailOutbox.attempts} + 1`, availableAt: fromNow(leaseMs) })
        .where(inArray(mailOutbox.mailId, due))
        .returning({
          mailId: mailOutbox.mailId,
          kind: mailOutbox.kind,
          sealed: mailOutbox.sealed,
          attempt: mailOutbox.attempts,
        });
      return rows.flatMap(({ sealed, ...row }) => (sealed ? [{ ...row, sealed }] : []));
    },

    async markSent(mailId) {
      await db
        .update(mailOutbox)
        .set({ sentAt: sql`CURRENT_TIMESTAMP`, sealed: null, lastError: null })
        .where(named('auth.markMailSent', and(eq(mailOutbox.mailId, mailId), isNotNull(mailOutbox.sealed))));
    },

    async retryLater(mailId, afterMs, reason) {
      await db
        .update(mailOutbox)
        .set({ availableAt: fromNow(afterMs), lastError: reason.slice(0, MAX_REASON_LENGTH) })
        .where(named('auth.retryMailLater', and(eq(mailOutbox.mailId, mailId), isNotNull(mailOutbox.sealed))));
    },

    async giveUp(mailId, reason) {
      await db
        .update(mailOutbox)
        .set({ failedAt: sql`CURRENT_TIMESTAMP`, sealed: null, lastError: reason.slice(0, MAX_REASON_LENGTH) })
        .where(named('auth.giveMailUp', and(eq(mailOutbox.mailId, mailId), isNotNull(mailOutbox.sealed))));
    },
  };
}
