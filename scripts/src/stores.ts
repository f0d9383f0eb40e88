import { loadCommandConfig } from './config.ts';
import { say, sayError, style } from './console/say.ts';
import { startStores } from './stack/stores-process.ts';
import { stopRequest } from './stop-request.ts';

// `npm run stores`: the embedded stores alone, for working on one service. Prints the variables to export.
try {
  const stores = await startStores(loadCommandConfig(), { durable: true });
  const { postgres, mongodb, redis } = stores.addresses;
  say(style.bold('\nStores are ready; in another terminal:'));
  say(`export POSTGRES_URL='${postgres}' MONGODB_URL='${mongodb}' REDIS_URL='${redis}'`);
  await stopRequest();
  await stores.process.stop();
  process.exit(0);
} catch (error) {
  sayError((error as Error).message);
  process.exit(1);
}
