import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { startEmbeddedStores } from '@postbook/db/embedded';
import { loadCommandConfig } from './config.ts';
import { say, sayDone, sayError, sayWarning, style } from './console/say.ts';
import { root } from './paths.ts';
import { findOrInstallChromium } from './test/browser.ts';
import { addUpReports, clearReports } from './test/report.ts';

// `npm test`: types, lint, drift of the composed graph and every test, on one set of real stores. What did not change
// since it last passed is not run again (turbo); `npm test -- --force` runs everything.
const started = performance.now();
const elapsed = () => `${Math.round((performance.now() - started) / 1000)} s`;

async function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<boolean> {
  const child = spawn(program, args, { cwd: root, env, stdio: 'inherit', shell: process.platform === 'win32' });
  const kill = () => child.kill('SIGTERM');
  process.once('SIGINT', kill).once('SIGTERM', kill).once('disconnect', kill);
  const [code] = await once(child, 'exit');
  return code === 0;
}

const turbo = (args: readonly string[], env: NodeJS.ProcessEnv) =>
  run(join(root, 'node_modules', '.bin', 'turbo'), ['run', ...args, ...process.argv.slice(2)], env);

const config = loadCommandConfig();
clearReports();
say(style.bold('Checks: types, lint, composed schema'));
const checked =
  (await turbo(
    ['codegen', 'typecheck', 'lint', '//#lint:root', '//#compose:check', '--output-logs=errors-only', '--continue'],
    config.environment,
  )) ?? false;

say(style.bold('\nTests'));
let tested = false;
try {
  const chromium = findOrInstallChromium(config.chromiumPath, config.environment);
  sayDone(`Chromium: ${chromium}`);
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
    tested = await turbo(['build', 'test', '--concurrency=2', '--continue', '--output-logs=new-only'], {
      ...config.environment,
      CHROMIUM_PATH: chromium,
      POSTGRES_URL: stores.postgres.url,
      MONGODB_URL: stores.mongodb.url,
      REDIS_URL: stores.redis.url,
    });
  } finally {
    await stores.stop();
  }
} catch (error) {
  sayError((error as Error).message);
}

const { passed, failed, skipped } = addUpReports();
const isGreen = checked && tested && failed === 0 && passed > 0;
say();
if (!checked) sayError('The checks failed: see above; "npm run format" mends what can be mended.');
if (!tested && failed === 0) sayError('A part of the tests could not run: see above.');
say(style.dim(`after ${elapsed()}`));
// The line that CI reads.
const shownFailures = isGreen ? 0 : Math.max(failed, 1);
say(`${passed} passed, ${shownFailures} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
process.exit(isGreen ? 0 : 1);
