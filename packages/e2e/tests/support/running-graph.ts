import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createGraphqlClient,
  createSubscriber,
  eventually,
  type GraphqlClient,
  type Subscriber,
} from '@postbook/testkit';
import { type ProcessEntry, processTree, untilGone } from './process-tree.ts';

const root = join(import.meta.dirname, '..', '..', '..', '..');

/** Variables of the test run that a newcomer wouldn't have: the graph is to start its own stores. */
const STORE_VARIABLES = ['POSTGRES_URL', 'MONGODB_URL', 'REDIS_URL', 'CI', 'NODE_OPTIONS', 'VITEST', 'NODE_ENV'];

/** A folder for the data of one graph. Give it to {@link removeData} at the end. */
export const newDataDir = (): string => mkdtempSync(join(tmpdir(), 'postbook-e2e-'));

/** Removes the data of a graph that is stopped, wherever its stores had to put it. */
export function removeData(dataDir: string): void {
  const environment = { ...process.env, POSTBOOK_DATA_DIR: dataDir };
  const { status, stderr } = spawnSync('npm', ['run', 'reset', '--silent'], {
    cwd: root,
    env: environment,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`npm run reset failed: ${stderr}`);
}

/** The whole graph, started as a newcomer does. */
export interface RunningGraph {
  readonly url: string;
  readonly pid: number;
  /** What it printed so far. */
  readonly output: () => string;
  /** Resolves when npm has ended. */
  readonly exited: Promise<void>;
  /** The command and every process below it. */
  tree(): ProcessEntry[];
  client(token?: string): GraphqlClient;
  subscriber(token?: string): Subscriber;
  /** Ctrl-C: the terminal sends it to the whole group. */
  interrupt(): void;
  /** Ends it in good order. */
  stop(): Promise<void>;
}

/** `npm start`, with data in a folder of its own. Resolves when it says that it is ready. */
export async function startGraph(options: {
  dataDir: string;
  environment?: Readonly<Record<string, string>>;
}): Promise<RunningGraph> {
  const environment: NodeJS.ProcessEnv = {
    ...process.env,
    POSTBOOK_DATA_DIR: options.dataDir,
    // Journeys bring their own people.
    POSTBOOK_SAMPLE_PEOPLE: '0',
    ...options.environment,
  };
  for (const name of STORE_VARIABLES) if (!options.environment?.[name]) delete environment[name];
  const child: ChildProcess = spawn('npm', ['start', '--silent'], {
    cwd: root,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group, as a terminal makes one for each command.
    detached: true,
  });
  let output = '';
  const collect = (chunk: Buffer) => {
    output += chunk.toString();
  };
  child.stdout?.on('data', collect);
  child.stderr?.on('data', collect);
  const exited = once(child, 'exit').then(() => undefined);
  const url = await eventually(
    () => {
      if (child.exitCode !== null) return { failed: true } as const;
      return /PostBook is ready/.test(output) ? /GraphiQL\s+(http:\S+?)\/\s/.exec(output)?.[1] : undefined;
    },
    { timeoutMs: 120_000, everyMs: 50 },
  ).catch(() => ({ failed: true }) as const);
  if (typeof url !== 'string') {
    child.kill('SIGTERM');
    throw new Error(`npm start did not come up:\n${output}`);
  }
  const pid = child.pid ?? 0;
  const socketUrl = `${url.replace('http', 'ws')}/graphql`;
  return {
    url,
    pid,
    exited,
    output: () => output,
    tree: () => processTree(pid),
    client: (token) => createGraphqlClient({ url: `${url}/graphql`, token }),
    subscriber: (token) => createSubscriber({ url: socketUrl, token }),
    interrupt: () => void process.kill(-pid, 'SIGINT'),
    async stop() {
      const everything = processTree(pid);
      if (child.exitCode === null && child.signalCode === null) process.kill(-pid, 'SIGTERM');
      await exited;
      await untilGone(everything);
    },
  };
}
