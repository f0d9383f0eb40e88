import { setTimeout as pause } from 'node:timers/promises';
import { createRedisEventBus, silentLogger } from '@postbook/service-kit';

/** How often the bus is asked, in milliseconds. */
const EVERY_MS = 250;
/** An outbox is looked into as often, so after so many looks without an event none is waiting there either. */
const QUIET_LOOKS = 6;

/** Which bus to watch. */
export interface SettledOptions {
  readonly redisUrl: string;
  /** `REDIS_NAMESPACE` of the services. */
  readonly namespace: string;
  readonly patienceMs: number;
  /** Told how many events are under way. */
  onWaiting(count: number): void;
}

/**
 * Waits until every group has applied every event, so that feeds and notifications have all of what was changed.
 *
 * @returns whether it came to that in time.
 */
export async function eventsSettled(options: SettledOptions): Promise<boolean> {
  const { namespace, patienceMs, redisUrl: url } = options;
  const bus = createRedisEventBus({ url, namespace, name: 'commands', log: silentLogger });
  const deadline = performance.now() + patienceMs;
  try {
    for (let quiet = 0; quiet < QUIET_LOOKS; ) {
      if (performance.now() > deadline) return false;
      await pause(EVERY_MS);
      // The bus connects in the background.
      const groups = await bus.backlog().catch(() => undefined);
      const waiting = groups && [...groups.values()].reduce((sum, count) => sum + count, 0);
      quiet = waiting === 0 ? quiet + 1 : 0;
      if (waiting) options.onWaiting(waiting);
    }
    return true;
  } finally {
    await bus.close();
  }
}
