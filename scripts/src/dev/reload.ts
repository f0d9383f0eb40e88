import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sayDone, sayError, sayWarning } from '../console/say.ts';
import { root } from '../paths.ts';
import type { Stack } from '../stack/stack.ts';

const run = promisify(execFile);

/** Makes resolver types and the supergraph anew; the gateway takes the new supergraph by itself. */
async function regenerate(folder: string): Promise<void> {
  await run(process.execPath, [join(root, 'schema', 'src', 'codegen', 'main.ts')], { cwd: join(root, folder) });
  await run(process.execPath, [join(root, 'schema', 'src', 'main.ts')], { cwd: root });
}

/** Restarts the services that a change touches: the one it is in, or all when it is in what they share. */
export async function reload(stack: Stack, folder: string, files: readonly string[]): Promise<void> {
  sayWarning(`${files.slice(0, 3).join(', ')}${files.length > 3 ? ` and ${files.length - 3} more` : ''} changed`);
  const own = stack.services.filter(({ spec }) => spec.folder === folder);
  try {
    if (own.length > 0 && files.some((file) => file.endsWith('.graphql'))) await regenerate(folder);
    const touched = own.length > 0 ? own : stack.services;
    await Promise.all(touched.map(({ process }) => process.restart()));
    sayDone(`reloaded ${touched.map(({ spec }) => spec.name).join(', ')}`);
  } catch (error) {
    sayError(`${(error as Error).message}\nMend it and save again.`);
  }
}
