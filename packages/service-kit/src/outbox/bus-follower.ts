import type { EventBus } from '../event-bus/event-bus.ts';
import type { Logger } from '../logging/logger.ts';
import { type BusMemory, OUTBOX_RETENTION_MS, type OutboxRepository } from './outbox.ts';

/** How often the bus is asked who it is. A loss in between is found at the next time: what is kept covers a week. */
const CHECK_EVERY_MS = 2_000;
/** What a restart may cost a bus that keeps a journal: its last second, generously counted. */
const RESTART_LOSS_MS = 60_000;

/** Options of {@link createBusFollower}. */
export interface BusFollowerOptions {
  readonly repository: OutboxRepository;
  readonly bus: EventBus;
  readonly log: Logger;
  readonly outbox: string;
}

/** Sends again what the bus has lost. */
export interface BusFollower {
  /** To be called before publishing. Rejects while the bus is away. */
  follow(): Promise<void>;
}

/**
 * Notices by the bus's epoch that it has forgotten everything (all that is kept is published again), and by its
 * incarnation that it has restarted (the last minute is). The new identity is recorded only after the events are due
 * again, so a death in between repeats the work.
 */
export function createBusFollower({ repository, bus, log, outbox }: BusFollowerOptions): BusFollower {
  let nextCheckAt = 0;

  const republish = async (since: number, why: string) => {
    const count = await repository.republishSince(new Date(since));
    log.warn({ outbox, count }, why);
  };

  return {
    async follow() {
      if (Date.now() < nextCheckAt) return;
      const [epoch, incarnation] = await Promise.all([bus.epoch(), bus.incarnation()]);
      const known: BusMemory = await repository.busMemory();
      if (known.epoch !== null && known.epoch !== epoch) {
        await republish(Date.now() - OUTBOX_RETENTION_MS, 'the bus has lost its events: publishing what is kept again');
      } else if (known.incarnation !== null && known.incarnation !== incarnation) {
        await republish(Date.now() - RESTART_LOSS_MS, 'the bus has restarted: publishing the last minute again');
      }
      if (known.epoch !== epoch || known.incarnation !== incarnation)
        await repository.recordBus({ epoch, incarnation });
      nextCheckAt = Date.now() + CHECK_EVERY_MS;
    },
  };
}
