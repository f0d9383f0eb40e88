import path from 'node:path';
import { readEmbeddedConfig } from './config.ts';
import { URL_VARIABLE } from './errors.ts';
import { startEmbeddedStores } from './start.ts';

const root = path.join(import.meta.dirname, '..', '..', '..');

/**
 * The stores of a test run, for vitest's global setup. Those that the environment names are used; the others are started
 * under `.data/test/<name>`, without durability, and named in the environment, where tests look for them.
 *
 * @returns how to stop them; undefined when nothing was started.
 */
export async function startTestStores(
  name: string,
  environment: NodeJS.ProcessEnv,
): Promise<(() => Promise<void>) | undefined> {
  const { urls } = readEmbeddedConfig(environment);
  if (urls.postgres && urls.mongodb && urls.redis) return undefined;
  const stores = await startEmbeddedStores({
    dataDir: path.join(root, '.data', 'test', name),
    durable: false,
    urls,
    onProgress: ({ message, kind }) => kind !== 'step' && process.stderr.write(`stores: ${message}\n`),
  });
  for (const store of [stores.postgres, stores.mongodb, stores.redis])
    environment[URL_VARIABLE[store.name]] = store.url;
  return () => stores.stop();
}
