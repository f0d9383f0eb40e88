import { MultiBar, Presets } from 'cli-progress';
import { sayDone } from '../console/say.ts';

/** How far one part of the sample is. */
export interface PartProgress {
  update(done: number, total: number): void;
  finish(): void;
}

/** How far all parts are, for the person at the terminal. */
export interface SampleProgress {
  add(part: string): PartProgress;
  stop(): void;
}

/** A bar for each part; a line when it is done where the output is no terminal. */
export function createSampleProgress(): SampleProgress {
  return process.stdout.isTTY ? createBars() : createLines();
}

function createLines(): SampleProgress {
  return {
    add(part) {
      const startedAt = performance.now();
      let total = 0;
      return {
        update(_done, of) {
          total = of;
        },
        finish: () => sayDone(`Sample data of ${part}: ${total} steps`, performance.now() - startedAt),
      };
    },
    stop: () => undefined,
  };
}

function createBars(): SampleProgress {
  const bars = new MultiBar(
    { format: '  {bar} {part} {value}/{total}', hideCursor: true, barsize: 30 },
    Presets.shades_classic,
  );
  return {
    add(part) {
      const bar = bars.create(1, 0, { part: `sample data of ${part}` });
      return {
        update(done, total) {
          bar.setTotal(total);
          bar.update(done);
        },
        finish: () => bar.update(bar.getTotal()),
      };
    },
    stop: () => bars.stop(),
  };
}
