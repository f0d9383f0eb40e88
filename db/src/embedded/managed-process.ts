import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { RunAs } from './placement.ts';
import type { ProcessRegistry } from './process-registry.ts';
import type { Reporter } from './progress.ts';

/** How to run one server process. */
export interface ProcessSpec {
  /** Short and unique within a data folder; names the log file. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly runAs?: RunAs | undefined;
  readonly logFile: string;
  /** One attempt to be served; rejects while the server is not ready. */
  readonly probe: () => Promise<void>;
  /** The signal that makes it stop in an orderly way. */
  readonly stopSignal: NodeJS.Signals;
  /** See `ManagedProcess.isFrontEnd`; default false. */
  readonly isFrontEnd?: boolean;
}

/** What a managed process needs of its surroundings. */
export interface ProcessHost {
  readonly registry: ProcessRegistry;
  readonly reporter: Reporter;
  readonly supervise: boolean;
  /** Called once per process as soon as it is ready, so that it can be stopped if a sibling fails to start. */
  readonly onStarted: (process: ManagedProcess) => void;
}

/** A server process that is ready; restarted when it dies, if its host supervises. */
export interface ManagedProcess {
  readonly pid: number | undefined;
  /** True for a server in front of another one: it is stopped first. */
  readonly isFrontEnd: boolean;
  /** Stops it and waits for its end. Idempotent. */
  stop(): Promise<void>;
}

const READY_TIMEOUT_MS = 60_000;
const PROBE_PAUSE_MS = 15;
const STOP_PATIENCE_MS = 15_000;
const FIRST_RESTART_PAUSE_MS = 50;
const MAX_RESTART_PAUSE_MS = 5_000;
/** A process that lived this long did not die of its start: the pauses begin anew. */
const STABLE_AFTER_MS = 250;

/**
 * Starts a process and resolves when its probe succeeds.
 * @throws Error with the end of its log when it exits first or is not ready within a minute.
 */
export async function startManagedProcess(spec: ProcessSpec, host: ProcessHost): Promise<ManagedProcess> {
  let child: ChildProcess;
  let stopping: Promise<void> | undefined;
  let failures = 0;

  const launch = async (): Promise<void> => {
    child = spawnProcess(spec);
    const { pid } = child;
    if (pid !== undefined) host.registry.add(spec.name, pid);
    child.once('exit', () => pid !== undefined && host.registry.remove(pid));
    try {
      await untilReady(spec, child);
    } catch (error) {
      await endChild(child, 'SIGKILL');
      throw error;
    }
    const readyAt = Date.now();
    if (host.supervise) child.once('exit', (code, signal) => void onDeath(readyAt, signal ?? `code ${code}`));
  };

  const onDeath = async (readyAt: number, how: string): Promise<void> => {
    if (stopping) return;
    failures = Date.now() - readyAt > STABLE_AFTER_MS ? 0 : failures;
    host.reporter.warn(`${spec.name} died (${how}), see ${spec.logFile}; starting it again`);
    for (;;) {
      await delay(Math.min(FIRST_RESTART_PAUSE_MS * 2 ** failures, MAX_RESTART_PAUSE_MS));
      failures += 1;
      if (stopping) return;
      try {
        return await host.reporter.step(`Restarting ${spec.name}`, launch);
      } catch (error) {
        host.reporter.warn(`${spec.name} did not come back: ${error instanceof Error ? error.message : error}`);
      }
    }
  };

  await launch();
  const managed: ManagedProcess = {
    isFrontEnd: spec.isFrontEnd ?? false,
    get pid() {
      return child.exitCode === null && child.signalCode === null ? child.pid : undefined;
    },
    stop() {
      stopping ??= endChild(child, spec.stopSignal);
      return stopping;
    },
  };
  host.onStarted(managed);
  return managed;
}

/** The last lines a server wrote, for error messages. */
export function logTail(file: string, lines = 12): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  } catch {
    return '';
  }
}

/** Servers get a session of their own: Ctrl-C must reach the launcher only, which stops them in order. */
function spawnProcess(spec: ProcessSpec): ChildProcess {
  mkdirSync(path.dirname(spec.logFile), { recursive: true });
  const log = openSync(spec.logFile, logIsLarge(spec.logFile) ? 'w' : 'a');
  try {
    const child = spawn(spec.command, [...spec.args], {
      cwd: spec.cwd,
      env: { ...spec.env },
      detached: true,
      stdio: ['ignore', log, log],
      ...(spec.runAs ? { uid: spec.runAs.uid, gid: spec.runAs.gid } : {}),
    });
    child.on('error', () => undefined);
    return child;
  } finally {
    closeSync(log);
  }
}

async function untilReady(spec: ProcessSpec, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  let reason: unknown;
  for (;;) {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`${spec.name} ended before it was ready. Its log ends:\n${logTail(spec.logFile)}`);
    }
    try {
      return await spec.probe();
    } catch (error) {
      reason = error;
    }
    if (Date.now() > deadline) throw new Error(`${spec.name} is not ready after a minute`, { cause: reason });
    await delay(PROBE_PAUSE_MS);
  }
}

async function endChild(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  const killer = setTimeout(() => child.kill('SIGKILL'), STOP_PATIENCE_MS);
  await exited;
  clearTimeout(killer);
}

function logIsLarge(file: string): boolean {
  try {
    return statSync(file).size > 5_000_000;
  } catch {
    return false;
  }
}
