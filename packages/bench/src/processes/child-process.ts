import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** A process to measure, or to measure with. */
export interface ProcessDefinition {
  readonly name: string;
  /** The program's arguments; the program is this Node. */
  readonly args: readonly string[];
  /** On top of {@link MEASURED_ENVIRONMENT}. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Where its GraphQL answers; for programs that don't report `ready` over IPC. */
  readonly graphqlUrl?: string;
  /** Lets the process be looked into, see `openInspector`. Costs nothing while nobody does. */
  readonly isInspected?: boolean;
}

/** What a started process reports. */
export interface ReadyMessage {
  readonly type: 'ready';
  readonly url: string;
}

/** A process that is ready. */
export interface RunningProcess {
  readonly name: string;
  readonly pid: number;
  /** What it reported, or where it was found to answer. */
  readonly url: string;
  readonly child: ChildProcess;
  /** Address of its inspector, when that was asked for. */
  readonly inspectorUrl: string | undefined;
  /** What it wrote last, for a message about its end. */
  lastWords(): string;
  /** SIGTERM, then SIGKILL when it takes too long. Callable twice. */
  stop(): Promise<void>;
}

/** Every measured process runs as in production and calls nobody outside. */
export const MEASURED_ENVIRONMENT: Readonly<Record<string, string>> = {
  NODE_ENV: 'production',
  LOG_LEVEL: 'warn',
  APOLLO_TELEMETRY_DISABLED: '1',
  DO_NOT_TRACK: '1',
};

const READY_WITHIN_MS = 120_000;
const STOP_WITHIN_MS = 5_000;
const POLL_MS = 100;
const LONGEST_LAST_WORDS = 2_000;

/** Keeps the end of what a process writes: enough to say why it failed. */
function recordLastWords(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text = (text + chunk).slice(-LONGEST_LAST_WORDS);
    });
  }
  return () => text;
}

/** Node writes its inspector's address first of all. */
function findInspector(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.stderr?.on('data', (chunk: string) => {
      const address = /Debugger listening on (ws:\S+)/.exec(chunk)?.[1];
      if (address) resolve(address);
    });
  });
}

const isReady = (message: unknown): message is ReadyMessage => (message as { type?: unknown })?.type === 'ready';

function whenReported(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.on('message', (message) => {
      if (isReady(message)) resolve(message.url);
    });
  });
}

async function whenAnswering(url: string, signal: AbortSignal): Promise<string> {
  while (!signal.aborted) {
    const answered = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query":"{__typename}"}',
      signal,
    }).catch(() => undefined);
    if (answered?.ok) return url;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error('no answer');
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const deadline = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
  await exited;
  clearTimeout(deadline);
}

/**
 * Starts a process and waits until it is ready. It is told of our end by its IPC channel, even if that is a kill -9.
 *
 * @throws Error with the process's last words when it ends, or isn't ready within two minutes; nothing is left running.
 */
export async function startProcess(definition: ProcessDefinition): Promise<RunningProcess> {
  const { name, args, graphqlUrl, isInspected } = definition;
  const flags = ['--disable-warning=ExperimentalWarning', ...(isInspected ? ['--inspect=127.0.0.1:0'] : [])];
  const child = spawn(process.execPath, [...flags, ...args], {
    env: { ...MEASURED_ENVIRONMENT, ...definition.environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const lastWords = recordLastWords(child);
  const inspectorUrl = isInspected ? findInspector(child) : undefined;
  const patience = new AbortController();
  const failed = new Promise<never>((_, reject) => {
    const fail = (why: string) => reject(new Error(`${name} ${why}: ${lastWords().trim() || 'it said nothing'}`));
    child.once('error', (error) => fail(error.message));
    child.once('exit', (code, signal) => fail(`ended before it was ready (${signal ?? code})`));
    patience.signal.addEventListener('abort', () => fail('was not ready in time'));
  });
  const deadline = setTimeout(() => patience.abort(), READY_WITHIN_MS);
  try {
    const ready = graphqlUrl === undefined ? whenReported(child) : whenAnswering(graphqlUrl, patience.signal);
    const url = await Promise.race([ready, failed]);
    failed.catch(() => undefined);
    return {
      name,
      pid: child.pid ?? 0,
      url,
      child,
      inspectorUrl: await inspectorUrl,
      lastWords,
      stop: () => end(child),
    };
  } catch (error) {
    await end(child);
    throw error;
  } finally {
    clearTimeout(deadline);
  }
}

/** A port that was free a moment ago, for programs that can't pick one themselves. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('a TCP server without a port');
  return address.port;
}
