import { JOBS_HEADER } from '@postbook/service-kit';
import { loadCommandConfig } from './config.ts';
import { say, sayDone, sayError } from './console/say.ts';
import { runningGraph } from './stack/run-lock.ts';

// `npm run job`: the jobs of all services; `npm run job -- <name>` runs one now, whatever its schedule.
const config = loadCommandConfig();
const running = runningGraph(config.dataDir);
if (!running) {
  sayError('The graph does not run: start it with "npm start" in another terminal.');
  process.exit(1);
}
const token = config.environment.OPERATOR_TOKEN;
const headers = { [JOBS_HEADER]: '1', ...(token ? { authorization: `Bearer ${token}` } : {}) };

async function jobsOf([name, url]: [string, string]) {
  const response = await fetch(`${url}/jobs`, { headers });
  // The gateway has no jobs.
  const { jobs = [] } = response.ok ? ((await response.json()) as { jobs?: string[] }) : {};
  return jobs.map((job) => ({ service: name, url, job }));
}

const wanted = process.argv[2];
const known = (await Promise.all(Object.entries(running.services).map(jobsOf))).flat();
const found = known.find(({ job }) => job === wanted);
if (!found) {
  if (wanted) sayError(`There is no job "${wanted}". These exist:`);
  for (const { service, job } of known) say(`  ${job}  (${service})`);
  say('\n"npm run job -- <name>" runs one now.');
  process.exit(wanted ? 1 : 0);
}
const started = performance.now();
const response = await fetch(`${found.url}/jobs?name=${encodeURIComponent(found.job)}`, { method: 'POST', headers });
if (response.ok) {
  sayDone(`${found.job} ran`, performance.now() - started);
  process.exit(0);
}
sayError(
  response.status === 409
    ? `${found.job} is running already: wait for it and try again.`
    : `${found.job} failed (status ${response.status}): the log of ${found.service} says why.`,
);
process.exit(1);
