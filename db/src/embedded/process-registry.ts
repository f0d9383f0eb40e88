import path from 'node:path';
import { EmbeddedStoreError } from './errors.ts';
import { type Guard, startGuard } from './guard.ts';
import { readJsonFile, writeJsonFile } from './json-file.ts';
import { identify, isAlive, type ProcessIdentity, stopProcess } from './process-identity.ts';
import type { Reporter } from './progress.ts';

/** One server process as recorded in the data folder. */
export interface ProcessRecord extends ProcessIdentity {
  readonly name: string;
}

interface Records {
  readonly launcher: ProcessIdentity | undefined;
  readonly processes: readonly ProcessRecord[];
}

/** Knows which processes belong to a data folder, tells the guard, and keeps the record for the next start. */
export interface ProcessRegistry {
  add(name: string, pid: number): ProcessIdentity | undefined;
  remove(pid: number): void;
  /** Forgets everything, on a clean stop. */
  close(): void;
}

/**
 * Claims a data folder for this process.
 * @throws EmbeddedStoreError when another live launcher has it.
 */
export async function openRegistry(dataDir: string, reporter: Reporter): Promise<ProcessRegistry> {
  const file = recordsFile(dataDir);
  const launcher = identify(process.pid);
  const earlier = readJsonFile<Records>(file);
  if (earlier?.launcher && isAlive(earlier.launcher)) throw alreadyRunning(dataDir, earlier.launcher.pid);
  writeJsonFile(file, { launcher, processes: earlier?.processes ?? [] });
  await stopOrphans(earlier?.processes ?? [], reporter);

  const guard: Guard = startGuard();
  const processes = new Map<number, ProcessRecord>();
  const save = (): void => {
    writeJsonFile(file, { launcher, processes: [...processes.values()] });
    guard.watch([...processes.keys()]);
  };
  save();

  return {
    add(name, pid) {
      const identity = identify(pid);
      if (identity) processes.set(pid, { name, ...identity });
      save();
      return identity;
    },
    remove(pid) {
      if (processes.delete(pid)) save();
    },
    close() {
      guard.dismiss();
      writeJsonFile(file, { launcher: undefined, processes: [] });
    },
  };
}

/** Stops every process recorded for a folder whose launcher is gone; the launcher itself when `evenLauncher`. */
export async function stopRecorded(dataDir: string, reporter: Reporter): Promise<void> {
  const records = readJsonFile<Records>(recordsFile(dataDir));
  if (!records) return;
  if (records.launcher && records.launcher.pid !== process.pid && isAlive(records.launcher)) {
    await reporter.step(`Stopping the launcher (pid ${records.launcher.pid})`, () =>
      stopProcess(records.launcher as ProcessIdentity, 'SIGTERM', 30_000),
    );
  }
  await stopOrphans(records.processes, reporter);
}

async function stopOrphans(processes: readonly ProcessRecord[], reporter: Reporter): Promise<void> {
  const orphans = processes.filter(isAlive);
  if (orphans.length === 0) return;
  const names = orphans.map((orphan) => `${orphan.name} (pid ${orphan.pid})`).join(', ');
  reporter.warn(`Left over from a launcher that was killed, stopping now: ${names}`);
  await Promise.all(orphans.map((orphan) => stopProcess(orphan)));
}

function alreadyRunning(dataDir: string, pid: number): EmbeddedStoreError {
  return new EmbeddedStoreError('all', `The stores in ${dataDir} are already run by process ${pid}.`, {
    remedy: `stop that process, or use another data folder.`,
  });
}

function recordsFile(dataDir: string): string {
  return path.join(dataDir, 'processes.json');
}
