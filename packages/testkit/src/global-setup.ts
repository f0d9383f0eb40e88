import { basename, join } from 'node:path';
import { startEmbeddedStores } from '@postbook/db/embedded';
import { configuredStores, STORE_VARIABLES } from './stores.ts';

const root = join(import.meta.dirname, '..', '..', '..');

/**
 * vitest's global setup: one set of stores a run. `npm test` starts them and hands the URLs down; a run of a single
 * package starts its own under `.data/test/<package>`, without durability, and stops them at the end.
 */
export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  const given = configuredStores();
  if (given.postgres && given.mongodb && given.redis) return undefined;
  const stores = await startEmbeddedStores({
    dataDir: join(root, '.data', 'test', basename(process.cwd())),
    durable: false,
    urls: given,
    onProgress: ({ message, kind }) => kind !== 'step' && process.stderr.write(`stores: ${message}\n`),
  });
  process.env[STORE_VARIABLES.postgres] = stores.postgres.url;
  process.env[STORE_VARIABLES.mongodb] = stores.mongodb.url;
  process.env[STORE_VARIABLES.redis] = stores.redis.url;
  return () => stores.stop();
}
