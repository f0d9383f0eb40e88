import { Cron } from 'croner';

/** When a job runs: a cron pattern (UTC), or every so many milliseconds counted from the epoch. */
export type Schedule = string | { readonly everyMs: number };

/** The moments of a schedule. All processes compute the same ones, so a moment names one run of a job. */
export interface Slots {
  /** The last moment at or before `now`, or null when there was none. */
  latest(now: number): number | null;
  /** The first moment after `now`, or null when there is none. */
  next(now: number): number | null;
}

/** @throws Error when the pattern is not one. */
export function slotsOf(schedule: Schedule): Slots {
  if (typeof schedule !== 'string') {
    const { everyMs } = schedule;
    if (!(everyMs > 0)) throw new RangeError('everyMs must be positive');
    return {
      latest: (now) => Math.floor(now / everyMs) * everyMs,
      next: (now) => (Math.floor(now / everyMs) + 1) * everyMs,
    };
  }
  const cron = new Cron(schedule, { timezone: 'UTC', paused: true });
  return {
    // The moment itself counts as past, so look back from a millisecond later.
    latest: (now) => cron.previousRuns(1, new Date(now + 1_000))[0]?.getTime() ?? null,
    next: (now) => cron.nextRun(new Date(now))?.getTime() ?? null,
  };
}
