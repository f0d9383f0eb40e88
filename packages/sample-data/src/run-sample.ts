import { parseArgs } from 'node:util';
import { DEFAULT_PEOPLE, FEWEST_PEOPLE, type SampleWorld, sampleWorld } from './world.ts';

/** What a service's part of the sample is filled with. */
export interface Sample extends SampleWorld {
  /** The moment that all times of the sample are before. */
  readonly now: Date;
  /** The moment so many minutes before it. */
  minutesAgo(minutes: number): Date;
  /** Says how much of the work is done. */
  progress(done: number, total: number): void;
}

/** What a process that fills a sample reports to its parent. */
export type SampleReport =
  | { readonly type: 'progress'; readonly done: number; readonly total: number }
  | { readonly type: 'filled' }
  | { readonly type: 'failed'; readonly message: string };

/** Told this often at the most, in milliseconds. */
const PROGRESS_EVERY_MS = 100;

function createProgress() {
  let toldAt = 0;
  return (done: number, total: number) => {
    if (done < total && performance.now() - toldAt < PROGRESS_EVERY_MS) return;
    toldAt = performance.now();
    process.send?.({ type: 'progress', done, total } satisfies SampleReport);
  };
}

/**
 * The whole of a service's `sample.ts`: the process that fills its part of the sample data through the service's own code,
 * while the graph runs. `--people N` says how many people. Filling must bear to be cut off at any moment and run again.
 */
export async function runSample<Config>(
  loadConfig: () => Config,
  fill: (config: Config, sample: Sample) => Promise<void>,
): Promise<void> {
  const { values } = parseArgs({ options: { people: { type: 'string' } } });
  const people = Math.max(FEWEST_PEOPLE, Number(values.people ?? DEFAULT_PEOPLE));
  const now = new Date();
  // The parent is gone, even if by kill -9: nobody waits for this.
  process.once('disconnect', () => process.exit(1));
  try {
    await fill(loadConfig(), {
      ...sampleWorld(people),
      now,
      minutesAgo: (minutes) => new Date(now.getTime() - minutes * 60_000),
      progress: createProgress(),
    });
    process.send?.({ type: 'filled' } satisfies SampleReport);
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${(error as Error).stack ?? error}\n`);
    process.send?.({ type: 'failed', message: (error as Error).message } satisfies SampleReport);
    process.exit(1);
  }
}
