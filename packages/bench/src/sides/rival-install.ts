import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../processes/paths.ts';
import { say } from '../report/say.ts';

/** The folder of gateways that others make: a package of its own, so that only those who compare have to install it. */
export const rivalsRoot: string = join(packageRoot, 'rivals');

const LAST_LINES = -500;

/**
 * Installs the rivals from their lockfile, once. They weigh half a gigabyte, so the workspace doesn't bring them.
 *
 * @throws Error when npm can't.
 */
export async function installRivals(environment: NodeJS.ProcessEnv): Promise<void> {
  const lock = readFileSync(join(rivalsRoot, 'package-lock.json'), 'utf8');
  const stamp = join(rivalsRoot, 'node_modules', '.stamp');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  say('installing Hive Gateway, once: half a gigabyte, about a minute');
  const npm = spawn('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: rivalsRoot,
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe'],
    shell: process.platform === 'win32',
  });
  let complaint = '';
  npm.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    complaint += chunk;
  });
  const [code] = await once(npm, 'exit');
  if (code !== 0) throw new Error(`npm could not install the rivals: ${complaint.slice(LAST_LINES)}`);
  writeFileSync(stamp, lock);
}

/** The version of a rival, as its package file asks for it. */
export function rivalVersion(name: string): string {
  const { devDependencies } = JSON.parse(readFileSync(join(rivalsRoot, 'package.json'), 'utf8')) as {
    devDependencies: Readonly<Record<string, string>>;
  };
  return devDependencies[name] ?? 'unknown';
}
