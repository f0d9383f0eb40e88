import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A file's text; undefined when there is no such file. */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The files of a folder that match, by their path within it, in a stable order. */
export function readFolder(folder: string, pattern: string): ReadonlyMap<string, string> {
  const paths = globSync(pattern, { cwd: folder }).map((path) => path.replaceAll('\\', '/'));
  return new Map(paths.sort().map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
}
