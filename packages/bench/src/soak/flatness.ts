import { median, robustSlope } from '../report/statistics.ts';

/** What may grow how far over the whole run and still count as flat. */
export interface Allowance {
  /** Bytes: what code that is compiled late and caches that fill up take. */
  readonly bytes: number;
  /** Part of the median, for what is large. The larger of both counts. */
  readonly share: number;
}

/** One value at one time. */
export interface MemorySample {
  readonly minutes: number;
  readonly bytes: number;
}

/** Whether a memory stayed flat. */
export interface Flatness {
  readonly isFlat: boolean;
  /** Bytes by which it grew between the first sample that counts and the last, by the robust slope. */
  readonly growth: number;
  /** Bytes by which it might have grown. */
  readonly allowed: number;
  readonly median: number;
}

/** The part of the samples at the beginning in which a process is still warming up. */
const WARM_UP = 0.25;
const FEWEST_SAMPLES = 4;

/**
 * Judges by the slope of Theil and Sen over all samples behind the warm-up, so that neither one high sample nor where
 * the last one happens to lie decides. The bound is on the growth over the run, not by the minute: an hour that may grow
 * no more than a minute is an hour without a leak.
 *
 * @throws Error with too few samples to judge by.
 */
export function judgeFlatness(samples: readonly MemorySample[], { bytes, share }: Allowance): Flatness {
  const counted = samples.slice(Math.floor(samples.length * WARM_UP));
  const [first, last] = [counted[0], counted.at(-1)];
  if (!first || !last || counted.length < FEWEST_SAMPLES) throw new Error('too few samples: let it run longer');
  const slope = robustSlope(counted.map((sample) => ({ x: sample.minutes, y: sample.bytes })));
  const middle = median(counted.map((sample) => sample.bytes));
  const growth = slope * (last.minutes - first.minutes);
  const allowed = Math.max(bytes, share * middle);
  return { isFlat: growth <= allowed, growth, allowed, median: middle };
}
