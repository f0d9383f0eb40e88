import { existsSync } from 'node:fs';
import { subgraphs } from '@postbook/schema';
import type { ServiceSpec } from '../stack/services.ts';
import { runSampleProcess, sampleEntryOf } from './sample-process.ts';
import type { SampleProgress } from './sample-progress.ts';

/** Where the sample goes. */
export interface FillOptions {
  /** How the services are started: each one's part is filled with the same environment. */
  readonly specs: readonly ServiceSpec[];
  readonly people: number;
  readonly progress: SampleProgress;
}

/**
 * Fills every service's part of the sample, each through the service's own code and in a process of its own, as soon as
 * those that it needs are filled. A run that was interrupted goes on: what is there already stays as it is.
 *
 * @throws Error with the first part that failed, once those under way have ended.
 */
export async function fillSample({ specs, people, progress }: FillOptions): Promise<void> {
  const parts = new Map<string, Promise<void>>();

  function fill(name: string): Promise<void> {
    const known = parts.get(name);
    if (known) return known;
    const spec = specs.find((candidate) => candidate.name === name);
    const part = spec && existsSync(sampleEntryOf(spec)) ? run(spec) : Promise.resolve();
    parts.set(name, part);
    return part;
  }

  async function run(spec: ServiceSpec): Promise<void> {
    const needed = subgraphs.find(({ name }) => name === spec.name)?.sampleAfter ?? [];
    await Promise.all(needed.map(fill));
    const bar = progress.add(spec.name);
    await runSampleProcess(spec, people, (done, total) => bar.update(done, total));
    bar.finish();
  }

  const outcomes = await Promise.allSettled(subgraphs.map(({ name }) => fill(name)));
  progress.stop();
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}
