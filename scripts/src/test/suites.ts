import { join } from 'node:path';
import { startEmbeddedStores } from '@postbook/db/embedded';
import type { CommandConfig } from '../config.ts';
import { sayDone, sayWarning } from '../console/say.ts';
import { findOrInstallChromium } from './browser.ts';
import { runTasks } from './turbo.ts';

const E2E = '@postbook/e2e';

/** The tests of every package but the journeys, on one set of stores that is stopped at the end. */
export async function runPackageTests(config: CommandConfig): Promise<boolean> {
  const stores = await startEmbeddedStores({
    dataDir: join(config.dataDir, 'test', 'all'),
    durable: false,
    urls: config.storeUrls,
    onProgress: ({ kind, message, elapsedMs }) => {
      if (kind === 'done') sayDone(message, elapsedMs);
      if (kind === 'warning') sayWarning(message);
    },
  });
  try {
    return await runTasks(['build', 'test', `--filter=!${E2E}`, '--concurrency=2', '--output-logs=new-only'], {
      ...config.environment,
      POSTGRES_URL: stores.postgres.url,
      MONGODB_URL: stores.mongodb.url,
      REDIS_URL: stores.redis.url,
    });
  } finally {
    await stores.stop();
  }
}

/** The journeys through the whole graph. They start graphs of their own, so they have the machine for themselves. */
export async function runJourneys(config: CommandConfig): Promise<boolean> {
  const chromium = findOrInstallChromium(config.chromiumPath, config.environment);
  sayDone(`Chromium: ${chromium}`);
  const environment = { ...config.environment, CHROMIUM_PATH: chromium };
  return runTasks(['test', `--filter=${E2E}`, '--output-logs=new-only'], environment);
}
