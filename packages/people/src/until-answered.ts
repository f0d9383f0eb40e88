import { setTimeout as pause } from 'node:timers/promises';
import { UnavailableError } from '@postbook/service-kit';

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Does work again, with growing pauses, while the service that it asks is away: services of a graph start side by side,
 * and a job that gave up at the first try would do its work an hour late.
 *
 * @throws whatever else the work throws; the signal's reason once it is aborted.
 */
export async function untilAnswered<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
      await pause(pauseMs, undefined, { signal, ref: false });
    }
  }
}
