import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** What a process tells its parent over IPC. */
export type ChildMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: string };

/** A process to keep running. */
export interface ProcessDefinition {
  readonly name: string;
  /** A TypeScript file that reports `ready` or `failed` over IPC, stops on SIGTERM, and when its parent is gone. */
  readonly entry: string;
  readonly args?: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  /** Every message over IPC, for what a process has to tell besides. */
  onMessage?(message: ChildMessage): void;
  /** It ended without being told to, and is started again after the pause. */
  onCrash?(event: { readonly exit: string; readonly pauseMs: number }): void;
  /** It is ready again after a crash or a reload. */
  onRecovered?(): void;
}

/** A running process that is started again when it dies. */
export interface SupervisedProcess {
  readonly name: string;
  readonly pid: number | undefined;
  /** Stops it and starts it again, on purpose. */
  restart(): Promise<void>;
  /** Idempotent. SIGTERM, and SIGKILL when it takes too long. */
  stop(): Promise<void>;
}

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;
/** A process that lived this long is healthy: its next crash starts with a short pause again. */
const HEALTHY_AFTER_MS = 30_000;
const STOP_DEADLINE_MS = 20_000;

/** Resolves when a child reports that it is ready. @throws Error with what it said, or how it ended. */
function whenReady(child: ChildProcess, definition: ProcessDefinition): Promise<void> {
  return new Promise((resolve, reject) => {
    child.on('message', (message: ChildMessage) => {
      definition.onMessage?.(message);
      if (message.type === 'ready') resolve();
      if (message.type === 'failed')
        reject(new Error(`${definition.name}: ${(message as { message: string }).message}`));
    });
    child.once('exit', (code, signal) =>
      reject(new Error(`${definition.name} ended while starting (${signal ?? code})`)),
    );
    child.once('error', reject);
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const deadline = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS);
  await exited;
  clearTimeout(deadline);
}

/**
 * Starts a process and keeps it running: when it dies it is started again, after a pause that doubles while it keeps
 * dying. Resolves when it is ready for the first time.
 *
 * @throws Error when the first start fails; nothing is left running.
 */
export async function superviseProcess(definition: ProcessDefinition): Promise<SupervisedProcess> {
  let child: ChildProcess | undefined;
  let isStopping = false;
  let pauseMs = FIRST_PAUSE_MS;
  let restartTimer: NodeJS.Timeout | undefined;

  async function start() {
    const started = performance.now();
    const current = spawn(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', definition.entry, ...(definition.args ?? [])],
      {
        env: definition.environment,
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
        // A group of its own: Ctrl-C reaches us alone, and we stop everything in order.
        detached: true,
      },
    );
    child = current;
    try {
      await whenReady(current, definition);
    } catch (error) {
      await end(current);
      throw error;
    }
    current.once('exit', (code, signal) => {
      if (isStopping || child !== current) return;
      if (performance.now() - started > HEALTHY_AFTER_MS) pauseMs = FIRST_PAUSE_MS;
      startAgain(String(signal ?? `exit code ${code}`));
    });
  }

  function startAgain(exit: string) {
    definition.onCrash?.({ exit, pauseMs });
    restartTimer = setTimeout(() => {
      start().then(
        () => definition.onRecovered?.(),
        (error: Error) => !isStopping && startAgain(error.message),
      );
    }, pauseMs);
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
  }

  await start();
  return {
    name: definition.name,
    get pid() {
      return child?.pid;
    },
    async restart() {
      const old = child;
      child = undefined;
      clearTimeout(restartTimer);
      if (old) await end(old);
      await start();
      definition.onRecovered?.();
    },
    async stop() {
      isStopping = true;
      clearTimeout(restartTimer);
      if (child) await end(child);
    },
  };
}
