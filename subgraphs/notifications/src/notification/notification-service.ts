import {
  done,
  type MongoTransaction,
  type Outcome,
  refused,
  type TimeKey,
  type Transactor,
  userError,
} from '@postbook/service-kit';
import { type Ledger, type LedgerParts, openLedger } from './notification-ledger.ts';
import { notificationCursors } from './notification-reader.ts';

/** What {@link createNotificationService} needs. */
export interface NotificationServiceOptions extends LedgerParts {
  readonly transactor: Transactor<MongoTransaction>;
}

/** Ids of one mutation at the most. */
const MAX_IDS = 100;

/** Notifications marked in one transaction. */
const MARKED_AT_ONCE = 500;

/** A place in the list above all that happened until now; an ObjectId is never higher. */
const topAt = (at: Date): TimeKey => ({ at, id: 'f'.repeat(24) });

/** What people do with their notifications. */
export function createNotificationService(options: NotificationServiceOptions) {
  const { transactor, now } = options;

  const change = <Result>(viewerId: string, work: (ledger: Ledger) => Promise<Result>): Promise<Result> =>
    transactor.run(async (tx) => {
      const ledger = await openLedger(options, tx, viewerId);
      const result = await work(ledger);
      await ledger.settle();
      return result;
    });

  return {
    /** Marks those of the ids that are the viewer's. @returns the ids as they were given. */
    async markRead(viewerId: string, ids: readonly string[]): Promise<Outcome<readonly string[]>> {
      if (ids.length === 0) return refused(userError('REQUIRED', 'Say which notifications were read.', 'ids'));
      if (ids.length > MAX_IDS) {
        return refused(userError('TOO_LONG', `At most ${MAX_IDS} notifications at once.`, 'ids'));
      }
      await change(viewerId, (ledger) => ledger.markRead([...new Set(ids)]));
      return done(ids);
    },

    /**
     * Marks all at or below the cursor's place in the list, or all there are.
     *
     * @returns how many were marked.
     * @throws BadUserInputError for a foreign cursor.
     */
    async markAllRead(viewerId: string, upTo: string | null | undefined): Promise<Outcome<number>> {
      const place = upTo == null ? topAt(now()) : notificationCursors.decode(upTo);
      for (let total = 0; ; ) {
        const marked = await change(viewerId, (ledger) => ledger.markReadUpTo(place, MARKED_AT_ONCE));
        total += marked;
        if (marked < MARKED_AT_ONCE) return done(total);
      }
    },

    /** Removes one from the viewer's list. */
    async remove(viewerId: string, id: string): Promise<Outcome<string>> {
      const isRemoved = await change(viewerId, (ledger) => ledger.remove(id));
      return isRemoved ? done(id) : refused(userError('NOT_FOUND', 'You have no notification with this id.', 'id'));
    },
  };
}

/** What {@link createNotificationService} returns. */
export type NotificationService = ReturnType<typeof createNotificationService>;
