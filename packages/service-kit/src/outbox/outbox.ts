import type { AnyEvent } from '@postbook/events';

/** Where a service leaves the events of its changes, in the transaction of the change. */
export interface Outbox<Tx> {
  /** Adds events to the transaction. They are published after it commits, in the order appended, and only then. */
  append(tx: Tx, events: readonly AnyEvent[]): Promise<void>;
}

/** What the relay remembers of the bus. */
export interface BusMemory {
  readonly epoch: string | null;
  readonly incarnation: string | null;
}

/** An event as it was appended, possibly by a newer build whose types this one does not know. */
export interface StoredEvent {
  readonly eventId: string;
  readonly body: unknown;
}

/** How far publishing is behind. */
export interface OutboxBacklog {
  readonly pending: number;
  /** When the oldest pending event was appended. */
  readonly oldest: Date | null;
}

/** The relay's side of an outbox. Times are the store's where it has a clock, else this machine's. */
export interface OutboxRepository {
  /** Takes or renews the right to publish. False while another process has it. */
  holdLease(owner: string, forMs: number): Promise<boolean>;
  /** Gives the right up, if it is `owner`'s. */
  releaseLease(owner: string): Promise<void>;
  /** The oldest unpublished events, in order. */
  unpublished(limit: number): Promise<StoredEvent[]>;
  markPublished(eventIds: readonly string[]): Promise<void>;
  /** What was last recorded about the bus. */
  busMemory(): Promise<BusMemory>;
  recordBus(memory: BusMemory): Promise<void>;
  /** Has everything appended since then published again. Returns how many events. */
  republishSince(since: Date): Promise<number>;
  /** Deletes up to `limit` published events appended before then. Returns how many were deleted. */
  purgePublished(before: Date, limit: number): Promise<number>;
  backlog(): Promise<OutboxBacklog>;
}

/** How long published events are kept, to be sent again should the bus lose them. */
export const OUTBOX_RETENTION_MS = 7 * 24 * 60 * 60_000;
