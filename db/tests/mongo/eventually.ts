import { setTimeout as pause } from 'node:timers/promises';

const LOOK_EVERY_MS = 100;
/** MongoDB's own job runs every minute, that of the embedded engine every few seconds. */
const GIVE_UP_AFTER_MS = 100_000;

/**
 * Waits until the check doesn't throw any more. As the testkit's, which this package can't use: the testkit builds on it.
 *
 * @throws what the check threw last, when its time is over.
 */
export async function eventually(check: () => Promise<void>): Promise<void> {
  const deadline = Date.now() + GIVE_UP_AFTER_MS;
  for (;;) {
    try {
      await check();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await pause(LOOK_EVERY_MS);
    }
  }
}
