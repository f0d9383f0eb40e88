import { loadCommandConfig } from './config.ts';
import { say, sayError, style } from './console/say.ts';
import { addUpReports, clearReports, type FailedTest } from './test/report.ts';
import { runJourneys, runPackageTests } from './test/suites.ts';
import { runTasks } from './test/turbo.ts';

// `npm test`: types, lint, drift of the composed graph and every test, on real stores. What did not change since it last
// passed is not run again (turbo); `npm test -- --force` runs everything.
const started = performance.now();
const config = loadCommandConfig();
clearReports();

/** One part of the run. A part that can't even start is said, and counts as failed. */
async function part(title: string, work: () => Promise<boolean>): Promise<boolean> {
  say(style.bold(`\n${title}`));
  try {
    return await work();
  } catch (error) {
    sayError((error as Error).message);
    return false;
  }
}

/** Said at the very end: what a test printed is thousands of lines above by then, and CI keeps only the last ones. */
function sayFailure({ file, name, message }: FailedTest): void {
  sayError(`${file}: ${name}`);
  say(style.dim(message.replace(/^/gm, '    ')));
}

const checks = [
  'codegen',
  'typecheck',
  'lint',
  '//#lint:root',
  '//#compose:check',
  '//#schema:check:root',
  '--output-logs=errors-only',
];
const areChecksFine = await part('Checks: types, lint, composed graph', () => runTasks(checks, config.environment));
const didPackagesPass = await part('Tests of the packages', () => runPackageTests(config));
const didJourneysPass = await part('Journeys through the whole graph', () => runJourneys(config));

const { passed, failed, skipped, failures } = addUpReports();
const isGreen = areChecksFine && didPackagesPass && didJourneysPass && failed === 0 && passed > 0;
say();
failures.forEach(sayFailure);
if (!areChecksFine) sayError('The checks failed: see above; "npm run format" mends what can be mended.');
if (!(didPackagesPass && didJourneysPass) && failed === 0) sayError('A part of the tests could not run: see above.');
say(style.dim(`after ${Math.round((performance.now() - started) / 1000)} s`));
// The line that CI reads. A part that could not run is a failure even if no test was there to count.
const shownFailures = isGreen ? 0 : Math.max(failed, 1);
say(`${passed} passed, ${shownFailures} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exit(isGreen ? 0 : 1);
