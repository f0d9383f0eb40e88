import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** The first of `names` that is an executable on `searchPath` (a PATH-like list). */
export function findProgram(names: readonly string[], searchPath: string): string | undefined {
  const folders = searchPath.split(path.delimiter).filter(Boolean);
  for (const name of names) {
    for (const folder of folders) {
      const file = path.resolve(folder, name);
      if (isExecutable(file)) return file;
    }
  }
  return undefined;
}

/**
 * Runs a tool to its end and returns what it printed.
 * @throws Error with the tool's own words when it fails.
 */
export async function runTool(
  file: string,
  args: readonly string[],
  options: { cwd?: string; env?: Record<string, string>; timeoutMs?: number; uid?: number; gid?: number } = {},
): Promise<string> {
  try {
    const { stdout } = await execute(file, [...args], {
      cwd: options.cwd ?? '/',
      env: { LC_ALL: 'C.UTF-8', PATH: '/usr/sbin:/usr/bin:/sbin:/bin', ...options.env },
      timeout: options.timeoutMs ?? 300_000,
      maxBuffer: 64 * 1024 * 1024,
      ...(options.uid === undefined ? {} : { uid: options.uid }),
      ...(options.gid === undefined ? {} : { gid: options.gid }),
    });
    return stdout;
  } catch (error) {
    const { stderr = '', message } = error as { stderr?: string; message: string };
    const words = stderr.trim().split('\n').slice(-5).join('\n') || message;
    throw new Error(`${path.basename(file)} failed: ${words}`, { cause: error });
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
