import { parseArgs } from 'node:util';
import { DEFAULT_PEOPLE, FEWEST_PEOPLE } from '@postbook/sample-data';
import { loadCommandConfig } from './config.ts';
import { say, sayError } from './console/say.ts';
import { seed } from './seed/seed.ts';
import { tourAccounts } from './seed/tour-accounts.ts';
import { runningGraph } from './stack/run-lock.ts';
import { localSecrets } from './stack/secrets.ts';
import { planServices } from './stack/services.ts';

// `npm run seed -- --people N`: fills the running graph with sample data of any size.
const { values } = parseArgs({ options: { people: { type: 'string' } } });
const people = Number(values.people ?? DEFAULT_PEOPLE);
if (!Number.isInteger(people) || people < FEWEST_PEOPLE) {
  sayError(`--people must be a whole number of at least ${FEWEST_PEOPLE}, for example "npm run seed -- --people 500".`);
  process.exit(1);
}
const config = loadCommandConfig();
const running = runningGraph(config.dataDir);
if (!running) {
  sayError('The graph does not run: start it with "npm start" in another terminal.');
  process.exit(1);
}
const ports = new Map(Object.entries(running.services).map(([name, url]) => [name, Number(new URL(url).port)]));
const { stores } = running;
const specs = planServices({ config, stores, secrets: localSecrets(config.dataDir), ports });
try {
  await seed({ config, specs, stores, people });
  const [{ password, username }] = tourAccounts;
  say(`\nLog in as ${username} / ${password} at ${running.url}/ to look around.`);
  process.exit(0);
} catch (error) {
  sayError(`${(error as Error).message}\nRun it again: it goes on where it was.`);
  process.exit(1);
}
