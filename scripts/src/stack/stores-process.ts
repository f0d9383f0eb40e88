import { join } from 'node:path';
import type { ProgressEvent } from '@postbook/db/embedded';
import type { CommandConfig } from '../config.ts';
import { say, sayDone, sayWarning, style } from '../console/say.ts';
import { root } from '../paths.ts';
import type { StoreAddresses } from './services.ts';
import { type SupervisedProcess, superviseProcess } from './supervised-process.ts';

type StoresMessage =
  | ({ readonly type: 'progress' } & ProgressEvent)
  | { readonly type: 'ready'; readonly stores: Readonly<Record<keyof StoreAddresses, { readonly url: string }>> };

/** The stores of a data folder, run by a process of their own. */
export interface StoresProcess {
  readonly addresses: StoreAddresses;
  readonly process: SupervisedProcess;
}

function sayProgress({ kind, message, elapsedMs }: ProgressEvent): void {
  if (kind === 'done') sayDone(message, elapsedMs);
  else if (kind === 'warning') sayWarning(message);
  else say(style.dim(`· ${message}`));
}

/** Where the stores of a data folder keep their data. */
export const storesDir = (dataDir: string): string => join(dataDir, 'stores');

/**
 * Starts the stores that no URL names, in a process of their own: it can be killed and is started again, and it stops
 * them when we are gone.
 */
export async function startStores(config: CommandConfig, options: { durable: boolean }): Promise<StoresProcess> {
  let addresses: StoreAddresses | undefined;
  const process = await superviseProcess({
    name: 'stores',
    entry: join(root, 'db', 'src', 'embedded', 'main.ts'),
    args: ['--data', storesDir(config.dataDir), ...(options.durable ? [] : ['--no-durable'])],
    environment: config.environment,
    onMessage(message) {
      const known = message as StoresMessage;
      if (known.type === 'progress') sayProgress(known);
      if (known.type === 'ready') {
        const { postgres, mongodb, redis } = known.stores;
        addresses = { postgres: postgres.url, mongodb: mongodb.url, redis: redis.url };
      }
    },
    onCrash: ({ exit, pauseMs }) => sayWarning(`The stores ended (${exit}); starting them again in ${pauseMs} ms.`),
  });
  if (!addresses) throw new Error('The stores reported no addresses.');
  return { addresses, process };
}
