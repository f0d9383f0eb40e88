import { type FSWatcher, watch } from 'node:fs';
import { join, sep } from 'node:path';
import { root } from '../paths.ts';

/** Folders whose files are not sources. */
const IGNORED = ['node_modules', 'generated', 'dist', '.turbo', '.vitest'];
const SETTLE_MS = 150;

/** Calls back with the changed files of a folder, a moment after the last of a burst of changes. */
export function watchSources(folder: string, onChange: (files: readonly string[]) => void): FSWatcher {
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  return watch(join(root, folder), { recursive: true }, (_event, file) => {
    if (!file || file.split(sep).some((part) => IGNORED.includes(part)) || !/\.(ts|graphql|sql)$/.test(file)) return;
    changed.add(join(folder, file));
    clearTimeout(timer);
    timer = setTimeout(() => {
      const files = [...changed];
      changed.clear();
      onChange(files);
    }, SETTLE_MS);
  });
}
