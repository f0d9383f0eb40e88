import { loadCommandConfig } from './config.ts';
import { say, sayDone, sayError, sayWarning } from './console/say.ts';
import { type DatabaseStatus, databaseStatus } from './stack/database-status.ts';
import { migrateAll } from './stack/migrate.ts';
import { runningGraph } from './stack/run-lock.ts';
import type { StoreAddresses } from './stack/services.ts';

// `npm run db -- status | migrate | urls`: the databases of the running graph, or of those that the URL variables name.
const USAGE = 'Usage: npm run db -- status | migrate | urls';

function addresses(): StoreAddresses | undefined {
  const { storeUrls, dataDir } = loadCommandConfig();
  const running = runningGraph(dataDir)?.stores;
  const postgres = storeUrls.postgres ?? running?.postgres;
  const mongodb = storeUrls.mongodb ?? running?.mongodb;
  const redis = storeUrls.redis ?? running?.redis;
  return postgres && mongodb && redis ? { postgres, mongodb, redis } : undefined;
}

function sayStatus({ name, differences }: DatabaseStatus): void {
  if (differences.length === 0) sayDone(`${name} is up to date`);
  else sayWarning(`${name}: ${differences.join('; ')}`);
}

const stores = addresses();
if (!stores) {
  sayError(
    'No stores: start the graph ("npm start") or the stores alone ("npm run stores"), or set POSTGRES_URL, MONGODB_URL and REDIS_URL.',
  );
  process.exit(1);
}
switch (process.argv[2]) {
  case 'migrate':
    await migrateAll(stores);
    sayDone('All databases are up to date');
    process.exit(0);
    break;
  case 'status': {
    const statuses = await databaseStatus(stores);
    for (const status of statuses) sayStatus(status);
    process.exit(statuses.every(({ differences }) => differences.length === 0) ? 0 : 1);
    break;
  }
  case 'urls':
    for (const [name, url] of Object.entries(stores)) say(`${name.toUpperCase()}_URL=${url}`);
    process.exit(0);
    break;
  default:
    sayError(USAGE);
    process.exit(2);
}
