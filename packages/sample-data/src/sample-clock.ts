import { AsyncLocalStorage } from 'node:async_hooks';

/** A clock that shows past moments to what runs at them, and the present to all else. */
export interface SampleClock {
  now(): Date;
  /** Does work as if it were that moment, whatever runs beside it. */
  at<Result>(moment: Date, work: () => Promise<Result>): Promise<Result>;
}

/** The clock that a sample is made by: its posts and messages are of the past two months. */
export function createSampleClock(): SampleClock {
  const moments = new AsyncLocalStorage<Date>();
  return {
    now: () => moments.getStore() ?? new Date(),
    at: (moment, work) => moments.run(moment, work),
  };
}
