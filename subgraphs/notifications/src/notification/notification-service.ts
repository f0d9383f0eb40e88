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
import type { NotificationRepository } from './notification-repository.ts';

/** What {@link createNotificationService} needs. */
export interface NotificationServiceOptions extends LedgerParts {
  readonly transactor: Transactor<MongoTransaction>;
  readonly notifications: NotificationRepository;
}

/** Ids of one mutation at the most. */
const MAX_IDS = 100;

/** Notifications marked in one transaction. */
const MARKED_AT_ONCE = 500;

/** A place in the list above all that happened until now; an ObjectId is never higher. */
const topAt = (at: Date): TimeKey => ({ at, id: 'f'.repeat(24) });

/** What people do with their notifications. */
export function createNotificationService(options: NotificationServiceOptions) {
  const { transactor, notifications, now } = options;

  /** Does the work with the viewer's notifications in its hands. */
  const change = <Result>(viewerId: string, work: (tx: MongoTransaction, ledger: Ledger) => Promise<Result>) =>
    transactor.run(async (tx) => {
      const ledger = await openLedger(options, tx, [viewerId]);
      const result = await work(tx, ledger);
      await ledger.settle();
      return result;
    });

  const own = async (tx: MongoTransaction, viewerId: string, ids: readonly string[]) =>
    (await notifications.byIds(ids, tx)).filter(({ userId }) => userId === viewerId);

  /** Marks up to so many at or below the place. @returns how many. */
  const markSome = (viewerId: string, place: TimeKey) =>
    change(viewerId, async (tx, ledger) => {
      const unread = await notifications.unreadUpTo(tx, viewerId, place, MARKED_AT_ONCE);
      if (unread.length === 0) return 0;
      await notifications.markRead(tx, unread, ledger.at);
      ledger.note(viewerId, { kind: 'AllRead', readUpTo: place.at });
      return unread.length;
    });

  return {
    /** Marks those of the ids that are the viewer's. @returns the ids as they were given, each once. */
    async markRead(viewerId: string, ids: readonly string[]): Promise<Outcome<readonly string[]>> {
      if (ids.length === 0) return refused(userError('REQUIRED', 'Say which notifications were read.', 'ids'));
      if (ids.length > MAX_IDS) {
        return refused(userError('TOO_LONG', `At most ${MAX_IDS} notifications at once.`, 'ids'));
      }
      await change(viewerId, async (tx, ledger) => {
        const unread = (await own(tx, viewerId, ids)).filter(({ isRead }) => !isRead).map(({ id }) => id);
        if (unread.length > 0) await notifications.markRead(tx, unread, ledger.at);
        for (const notificationId of unread) ledger.note(viewerId, { kind: 'Read', notificationId });
      });
      return done([...new Set(ids)]);
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
        const marked = await markSome(viewerId, place);
        total += marked;
        if (marked < MARKED_AT_ONCE) return done(total);
      }
    },

    /** Removes one from the viewer's list. */
    async remove(viewerId: string, id: string): Promise<Outcome<string>> {
      const removed = await change(viewerId, async (tx, ledger) => {
        const [found] = await own(tx, viewerId, [id]);
        if (!found) return undefined;
        await notifications.remove(tx, [found.id]);
        ledger.note(viewerId, { kind: 'Removed', notificationId: found.id });
        return found.id;
      });
      return removed ? done(removed) : refused(userError('NOT_FOUND', 'You have no notification with this id.', 'id'));
    },
  };
}

/** What {@link createNotificationService} returns. */
export type NotificationService = ReturnType<typeof createNotificationService>;
