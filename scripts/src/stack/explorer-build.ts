import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../paths.ts';

/** Builds the GraphiQL page. turbo remembers: without a change of its sources this takes a moment. */
export async function buildExplorer(environment: NodeJS.ProcessEnv): Promise<void> {
  const turbo = join(root, 'node_modules', '.bin', 'turbo');
  await promisify(execFile)(turbo, ['run', 'build', '--filter=@postbook/explorer', '--output-logs=errors-only'], {
    cwd: root,
    env: environment,
    shell: process.platform === 'win32',
  });
}
