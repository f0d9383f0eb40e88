import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { loadCommandConfig } from '../config.ts';
import { root } from '../paths.ts';
import { stopRequest } from '../stop-request.ts';

/** Runs a command of the bench package with this command's arguments, and ends as it ends. */
export async function runBench(folder: string): Promise<never> {
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      join(root, 'packages', 'bench', 'src', folder, 'main.ts'),
      ...process.argv.slice(2),
    ],
    { env: loadCommandConfig().environment, stdio: ['inherit', 'inherit', 'inherit', 'ipc'] },
  );
  child.on('exit', (code) => process.exit(code ?? 1));
  await stopRequest();
  child.kill('SIGTERM');
  return new Promise(() => undefined);
}
