import type { AnyEvent, EventOf, EventType } from '@postbook/events';

/** Handles one event. Resolving acknowledges it; throwing has it delivered again later. */
export type EventHandler<T extends EventType> = (event: EventOf<T>, delivery: Delivery) => Promise<void>;

/** What a handler may want to know besides the event. */
export interface Delivery {
  /** 1 for the first try. */
  readonly attempt: number;
}

/** Options of {@link EventBus.consume}. */
export interface ConsumeOptions<T extends EventType> {
  /**
   * Who consumes: every group gets every event, and the members of a group (the processes of a service) share them.
   * Use the service's name, with a suffix when it has several independent consumers: `chats`, `chats-cards`.
   */
  readonly group: string;
  /** The types to handle. Events of other types pass the group by. */
  readonly types: readonly T[];
  readonly handler: EventHandler<T>;
  /**
   * How many events are handled at a time per domain. Events of one aggregate are always handled one after the other
   * within a process. Default 8.
   */
  readonly concurrency?: number;
  /** How many times an event is tried before it becomes a dead letter. Default 10. */
  readonly maxAttempts?: number;
  /** Milliseconds before try number `attempt + 1`. Default: from 1 s doubling to 5 min. */
  readonly retryDelayMs?: (attempt: number) => number;
  /** After how many milliseconds the events of a member that crashed are taken over. Default 30,000. */
  readonly claimIdleMs?: number;
  /** How often retries and crashed members are looked for, in milliseconds. Default 1,000. */
  readonly sweepMs?: number;
  /** How long a stop waits for running handlers, in milliseconds; others take over what remains. Default 10,000. */
  readonly drainMs?: number;
  /**
   * Whether a failure says nothing about the event, such as a store that is away. Such tries are not counted: an outage
   * must not turn good events into dead letters. Default: {@link isTransientError}.
   */
  readonly isTransient?: (error: unknown) => boolean;
}

/** A running member of a group. */
export interface EventConsumer {
  /**
   * Milliseconds by which what this member has handled may be behind what the bus holds: 0 when it waits for more. It
   * grows while the bus is away. For decisions that must not rest on old read models.
   */
  lagMs(): number;
  /** Takes no more events, waits for the handlers that run, and leaves the rest to the other members. Callable twice. */
  stop(): Promise<void>;
}

/** An event that a group gave up. */
export interface DeadLetter {
  /** For {@link EventBus.redrive}. */
  readonly id: string;
  readonly group: string;
  /** Why: the last error's name and message. */
  readonly reason: string;
  readonly attempts: number;
  readonly failedAt: Date;
  /** The event as published; not always a valid one, as that may be the reason. */
  readonly body: string;
}

/** One page of dead letters, oldest first. */
export interface DeadLetterPage {
  readonly items: readonly DeadLetter[];
  /** Give as `after` to read on; null at the end. */
  readonly next: string | null;
}

/**
 * Carries events from the services' outboxes to every group that consumes them, at least once. A group that exists gets
 * every event even if none of its members runs when it is published; handlers must bear repeats (see the inbox) and late
 * arrivals (compare versions): order per aggregate holds within one process and as long as nothing fails.
 */
export interface EventBus {
  /** Resolves when the bus has taken all events, in the given order. On failure some may have been taken: send all again. */
  publish(events: readonly AnyEvent[]): Promise<void>;
  /** Joins a group. Works also while the bus is away: events arrive when it is back. */
  consume<T extends EventType>(options: ConsumeOptions<T>): Promise<EventConsumer>;
  /** Reads what a group gave up, up to `limit` (default 50). */
  deadLetters(group: string, page?: { after?: string; limit?: number }): Promise<DeadLetterPage>;
  /** Has the group try dead letters again: those named, else up to `limit` (default 100). Returns how many. */
  redrive(group: string, select?: { ids?: readonly string[]; limit?: number }): Promise<number>;
  /** How many events each group has not acknowledged yet, over all domains: 0 for one that has all. */
  backlog(): Promise<ReadonlyMap<string, number>>;
  /**
   * Identifies what the bus remembers. It differs after the bus has lost events that it had taken, so publishers send
   * again what they kept.
   */
  epoch(): Promise<string>;
  /**
   * Identifies the bus's server process. It differs after a restart or a failover, in which the very last events may
   * have been lost with the unwritten end of its journal.
   */
  incarnation(): Promise<string>;
  /** Stops all consumers and closes connections. Callable twice. */
  close(): Promise<void>;
}
