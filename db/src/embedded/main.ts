/**
 * The embedded stores as a process: `main.ts --data DIR [--no-durable]`, restarted store by store when they die.
 *
 * With a parent that opened an IPC channel it sends `StoresMessage`s and ends when the parent does; in a terminal it
 * prints progress and URLs. SIGTERM and Ctrl-C stop the stores in order.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startEmbeddedStores } from './start.ts';
import type { ProgressEvent } from './types.ts';

/** What the parent is told. Handles are plain data: `stop` is the channel's end or a signal. */
export type StoresMessage =
  | ({ readonly type: 'progress' } & ProgressEvent)
  | { readonly type: 'ready'; readonly stores: Readonly<Record<'postgres' | 'mongodb' | 'redis', StoreSummary>> }
  | { readonly type: 'failed'; readonly message: string };

/** A store handle as it travels over IPC. */
export interface StoreSummary {
  readonly url: string;
  readonly engine: string;
  readonly why: string;
  readonly external: boolean;
  readonly pids: number[];
}

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: '.data/stores' },
    'no-durable': { type: 'boolean', default: false },
  },
});

const tell = (message: StoresMessage): void => {
  if (process.connected) process.send?.(message);
  else printMessage(message);
};

let stopRequested = false;
let stopStores: (() => Promise<void>) | undefined;
const stop = async (): Promise<void> => {
  stopRequested = true;
  if (!stopStores) return;
  await stopStores();
  process.exit(0);
};
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void stop());
process.on('disconnect', () => void stop());

try {
  const stores = await startEmbeddedStores({
    dataDir: path.resolve(values.data),
    durable: !values['no-durable'],
    supervise: true,
    onProgress: (event) => tell({ type: 'progress', ...event }),
  });
  stopStores = () => stores.stop();
  // Asked to stop while starting: now there is something to stop.
  if (stopRequested) await stop();
  const { postgres, mongodb, redis } = stores;
  tell({ type: 'ready', stores: { postgres: { ...postgres }, mongodb: { ...mongodb }, redis: { ...redis } } });
  // External stores alone would leave nothing to wait for.
  setInterval(() => undefined, 60_000);
} catch (error) {
  tell({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
  process.exitCode = 1;
  if (process.connected) process.disconnect();
}

function printMessage(message: StoresMessage): void {
  const out = process.stdout;
  switch (message.type) {
    case 'progress': {
      const took = message.elapsedMs === undefined ? '' : ` (${message.elapsedMs} ms)`;
      out.write(`${message.kind === 'warning' ? 'warning: ' : ''}${message.message}${took}\n`);
      break;
    }
    case 'ready':
      for (const [name, { url, engine, why }] of Object.entries(message.stores)) {
        out.write(`${name.padEnd(9)}${url}\n         ${engine}: ${why}\n`);
      }
      break;
    case 'failed':
      process.stderr.write(`${message.message}\n`);
      break;
    default:
      message satisfies never;
  }
}
