import type { AnyEvent, EventOf, EventType } from '@postbook/events';
import { createBatchQueue } from '../batching/batch-queue.ts';
import type { Transaction, Transactor } from '../transactions/transactor.ts';

/** Remembers which events a consumer has applied. */
export interface Inbox<Tx> {
  /**
   * Notes events in the transaction of their effects. @returns those that were not noted before: leave the effects of the
   * others out.
   */
  record(tx: Tx, consumer: string, eventIds: readonly string[]): Promise<ReadonlySet<string>>;
}

/** The cleaning side of an inbox. */
export interface InboxRepository {
  /** Deletes up to `limit` notes made before then. Returns how many were deleted. */
  purge(before: Date, limit: number): Promise<number>;
}

/** How long applied events are remembered. Longer than the outbox keeps them, so that no replay is taken for new. */
export const INBOX_RETENTION_MS = 9 * 24 * 60 * 60_000;

/** Options of {@link idempotentBatchHandler}. */
export interface IdempotentBatchHandlerOptions<T extends EventType, Tx extends Transaction> {
  /** The name under which events are remembered: the consumer group's. */
  readonly consumer: string;
  readonly inbox: Inbox<Tx>;
  readonly transactor: Transactor<Tx>;
  /** Applies events, in their order, within the transaction. Effects outside it belong into `tx.afterCommit`. */
  readonly handleAll: (events: readonly EventOf<T>[], tx: Tx) => Promise<void>;
}

/** Options of {@link idempotentHandler}. */
export interface IdempotentHandlerOptions<T extends EventType, Tx extends Transaction>
  extends Omit<IdempotentBatchHandlerOptions<T, Tx>, 'handleAll'> {
  /** Applies the event within the transaction. Effects outside it belong into `tx.afterCommit`. */
  readonly handle: (event: EventOf<T>, tx: Tx) => Promise<void>;
}

/**
 * Events applied in one transaction, and so how many a consumer should have under way: more would make a conflict with
 * others likelier than it saves.
 */
export const EVENTS_AT_ONCE = 32;
/** Far more than the bus hands out at a time. */
const MAX_WAITING = 10_000;

/**
 * A handler for the bus whose effects happen exactly once, though events come at least once: event ids and effects are
 * committed together or not at all. Events that come while a transaction is under way share the next one, in their order;
 * when one of them spoils it, each is applied in a transaction of its own, and only that one fails.
 */
export function idempotentBatchHandler<T extends EventType, Tx extends Transaction>(
  options: IdempotentBatchHandlerOptions<T, Tx>,
): (event: EventOf<T>) => Promise<void> {
  const { consumer, handleAll, inbox, transactor } = options;
  const idOf = (event: EventOf<T>) => (event as AnyEvent).eventId;

  async function apply(events: readonly EventOf<T>[], tx: Tx): Promise<undefined[]> {
    const waiting = new Set(await inbox.record(tx, consumer, [...new Set(events.map(idOf))]));
    const fresh = events.filter((event) => waiting.delete(idOf(event)));
    if (fresh.length > 0) await handleAll(fresh, tx);
    return events.map(() => undefined);
  }

  const queue = createBatchQueue<string, EventOf<T>, undefined>({
    keyOf: (name) => name,
    maxBatch: EVENTS_AT_ONCE,
    maxWaiting: MAX_WAITING,
    work: (_consumer, events) => transactor.run((tx) => apply(events, tx)),
  });
  return async (event) => queue.add(consumer, event);
}

/** An {@link idempotentBatchHandler} whose events are applied one after the other. */
export function idempotentHandler<T extends EventType, Tx extends Transaction>(
  options: IdempotentHandlerOptions<T, Tx>,
): (event: EventOf<T>) => Promise<void> {
  const { handle, ...others } = options;
  return idempotentBatchHandler<T, Tx>({
    ...others,
    // One by one: they share a session, and a later event may build on an earlier one.
    async handleAll(events, tx) {
      for (const event of events) await handle(event, tx);
    },
  });
}

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
