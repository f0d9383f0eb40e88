import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { identify, isAlive, type ProcessIdentity } from '@postbook/db/embedded';

/** What a running graph leaves in its data folder, for the other commands. */
export interface RunningGraph {
  /** The command that runs it. A pid alone may belong to a stranger by now. */
  readonly process: ProcessIdentity;
  readonly url: string;
  /** Every service's address, by its name. */
  readonly services: Readonly<Record<string, string>>;
  readonly stores: { readonly postgres: string; readonly mongodb: string; readonly redis: string };
}

const fileIn = (dataDir: string) => join(dataDir, 'running.json');

/** The graph that runs in a data folder now; undefined when none does. */
export function runningGraph(dataDir: string): RunningGraph | undefined {
  try {
    const running = JSON.parse(readFileSync(fileIn(dataDir), 'utf8')) as RunningGraph;
    return isAlive(running.process) ? running : undefined;
  } catch {
    // No file, or one that was cut short when its process was killed.
    return undefined;
  }
}

/** Records that this process runs the graph. */
export function recordRunning(dataDir: string, graph: Omit<RunningGraph, 'process'>): void {
  const running = { process: identify(process.pid), ...graph };
  mkdirSync(dirname(fileIn(dataDir)), { recursive: true });
  writeFileSync(fileIn(dataDir), `${JSON.stringify(running, null, 2)}\n`);
}

/** Forgets it. */
export const forgetRunning = (dataDir: string): void => rmSync(fileIn(dataDir), { force: true });
