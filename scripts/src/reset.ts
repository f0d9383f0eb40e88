import { rmSync } from 'node:fs';
import { resetEmbeddedStores } from '@postbook/db/embedded';
import { loadCommandConfig } from './config.ts';
import { say, sayDone, sayError } from './console/say.ts';
import { runningGraph } from './stack/run-lock.ts';
import { storesDir } from './stack/stores-process.ts';

// `npm run reset`: forgets the local graph: databases, mails, secrets. Stores given by URL are left alone.
const { dataDir } = loadCommandConfig();
const running = runningGraph(dataDir);
if (running) {
  sayError(`The graph runs at ${running.url} (process ${running.process.pid}): stop it first with Ctrl-C.`);
  process.exit(1);
}
const { removed } = await resetEmbeddedStores({ dataDir: storesDir(dataDir) });
rmSync(dataDir, { recursive: true, force: true });
sayDone(removed.length > 0 ? `Deleted ${removed.join(', ')} and ${dataDir}` : `Deleted ${dataDir}`);
say('"npm start" makes everything anew.');
