import type { AnyEvent, EventOf, EventType } from '@postbook/events';
import type { Transaction, Transactor } from '../transactions/transactor.ts';

/** Remembers which events a consumer has applied. */
export interface Inbox<Tx> {
  /** Notes the event in the transaction of its effects. False when it was noted before: leave the effects out. */
  record(tx: Tx, consumer: string, eventId: string): Promise<boolean>;
}

/** The cleaning side of an inbox. */
export interface InboxRepository {
  /** Deletes up to `limit` notes made before then. Returns how many were deleted. */
  purge(before: Date, limit: number): Promise<number>;
}

/** How long applied events are remembered. Longer than the outbox keeps them, so that no replay is taken for new. */
export const INBOX_RETENTION_MS = 9 * 24 * 60 * 60_000;

/** Options of {@link idempotentHandler}. */
export interface IdempotentHandlerOptions<T extends EventType, Tx extends Transaction> {
  /** The name under which events are remembered: the consumer group's. */
  readonly consumer: string;
  readonly inbox: Inbox<Tx>;
  readonly transactor: Transactor<Tx>;
  /** Applies the event within the transaction. Effects outside it belong into `tx.afterCommit`. */
  readonly handle: (event: EventOf<T>, tx: Tx) => Promise<void>;
}

/**
 * A handler for the bus whose effects happen exactly once, though events come at least once: event id and effects are
 * committed together or not at all.
 */
export const idempotentHandler =
  <T extends EventType, Tx extends Transaction>(options: IdempotentHandlerOptions<T, Tx>) =>
  (event: EventOf<T>): Promise<void> =>
    options.transactor.run(async (tx) => {
      const isNew = await options.inbox.record(tx, options.consumer, (event as AnyEvent).eventId);
      if (isNew) await options.handle(event, tx);
    });

/**
 * Whether an event's version is newer than what a read model holds; undefined means that it holds nothing yet. Versions
 * are compared per aggregate (for relations per edge) and per source. See `applyIfNewer` for MongoDB.
 */
export const isNewerVersion = (incoming: number, stored: number | undefined | null): boolean =>
  stored === undefined || stored === null || incoming > stored;

/** Deletes everything older than the retention in bounded steps. A job for the scheduler. Returns how many were deleted. */
export async function purgeInbox(repository: InboxRepository, now: Date = new Date()): Promise<number> {
  const before = new Date(now.getTime() - INBOX_RETENTION_MS);
  let total = 0;
  for (;;) {
    const count = await repository.purge(before, 1_000);
    total += count;
    if (count === 0) return total;
  }
}
