import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { root } from '../paths.ts';

/** Runs tasks of the workspace by turbo, with what the person gave to `npm test` at the end. True when all succeeded. */
export async function runTasks(tasks: readonly string[], environment: NodeJS.ProcessEnv): Promise<boolean> {
  const turbo = join(root, 'node_modules', '.bin', 'turbo');
  const child = spawn(turbo, ['run', ...tasks, '--continue', ...process.argv.slice(2)], {
    cwd: root,
    env: environment,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  const kill = () => child.kill('SIGTERM');
  const ends = ['SIGINT', 'SIGTERM', 'disconnect'] as const;
  for (const event of ends) process.once(event, kill);
  const [code] = await once(child, 'exit');
  for (const event of ends) process.off(event, kill);
  return code === 0;
}
