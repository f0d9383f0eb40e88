import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { SampleReport } from '@postbook/sample-data';
import { root } from '../paths.ts';
import type { ServiceSpec } from '../stack/services.ts';

/** Where a subgraph's part of the sample is filled, from its folder. */
export const sampleEntryOf = ({ folder }: Pick<ServiceSpec, 'folder'>): string =>
  join(root, folder, 'src', 'sample.ts');

/** Runs the process that fills one service's part of the sample. @throws Error when it fails or dies. */
export function runSampleProcess(
  spec: ServiceSpec,
  people: number,
  onProgress: (done: number, total: number) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', sampleEntryOf(spec), '--people', String(people)],
      { env: spec.environment, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
    );
    const fail = (reason: string) => reject(new Error(`The sample data of ${spec.name} could not be made: ${reason}`));
    child.on('message', (report: SampleReport) => {
      if (report.type === 'progress') onProgress(report.done, report.total);
      else if (report.type === 'filled') resolve();
      else fail(report.message);
    });
    child.once('error', (error) => fail(error.message));
    child.once('exit', (code, signal) => fail(`its process ended (${signal ?? code})`));
  });
}
