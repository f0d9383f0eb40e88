import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { recordedStoreRoot } from './placement.ts';
import { stopRecorded } from './process-registry.ts';
import { createReporter } from './progress.ts';
import type { OnProgress } from './types.ts';

/** What a reset removed. */
export interface ResetResult {
  /** Folders deleted, absolute; the data may have been outside the checkout. Empty when there was nothing. */
  readonly removed: readonly string[];
}

/** Stops whatever runs in a data folder, launcher included, and deletes the folder and the data recorded in it. */
export async function resetEmbeddedStores(options: {
  readonly dataDir: string;
  readonly onProgress?: OnProgress;
}): Promise<ResetResult> {
  const dataDir = path.resolve(options.dataDir);
  const reporter = createReporter('all', options.onProgress);
  await stopRecorded(dataDir, reporter);
  const folders = [...new Set([recordedStoreRoot(dataDir), dataDir])].filter(
    (folder): folder is string => folder !== undefined && existsSync(folder),
  );
  for (const folder of folders) {
    await reporter.step(`Deleting ${folder}`, () => rm(folder, { recursive: true, force: true }));
  }
  return { removed: folders };
}
