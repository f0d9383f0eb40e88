import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What a running graph leaves in its data folder, for the other commands. */
export interface RunningGraph {
  readonly pid: number;
  readonly url: string;
  readonly stores: { readonly postgres: string; readonly mongodb: string; readonly redis: string };
}

const fileIn = (dataDir: string) => join(dataDir, 'running.json');

/** The graph that runs in a data folder now; undefined when none does. */
export function runningGraph(dataDir: string): RunningGraph | undefined {
  try {
    const running = JSON.parse(readFileSync(fileIn(dataDir), 'utf8')) as RunningGraph;
    process.kill(running.pid, 0);
    return running;
  } catch {
    // No file, or the process that wrote it is gone.
    return undefined;
  }
}

/** Records the running graph. */
export function recordRunning(dataDir: string, running: RunningGraph): void {
  mkdirSync(dirname(fileIn(dataDir)), { recursive: true });
  writeFileSync(fileIn(dataDir), `${JSON.stringify(running, null, 2)}\n`);
}

/** Forgets it. */
export const forgetRunning = (dataDir: string): void => rmSync(fileIn(dataDir), { force: true });
