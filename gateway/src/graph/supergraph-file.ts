import { unwatchFile, watch, watchFile } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import type { Logger } from '@postbook/service-kit/edge';

/** Options of {@link openSupergraphFile}. */
export interface SupergraphFileOptions {
  readonly path: string;
  readonly log: Logger;
  /** Called with each new content. What it throws is logged; the next change is tried again. */
  readonly onChange: (sdl: string) => void;
}

/** A supergraph that is followed while its file changes. */
export interface SupergraphFile {
  /** The content at opening. */
  readonly sdl: string;
  close(): void;
}

/** Editors and `mv` make several events of one change. */
const SETTLE_MS = 50;
/** Network and container file systems may send no events at all. */
const POLL_MS = 5_000;

/**
 * Reads the supergraph and follows its file. The folder is watched, not the file: a deployment replaces the file, and a
 * watch on the old one would never fire again.
 *
 * @throws when the file can't be read.
 */
export async function openSupergraphFile({ path, log, onChange }: SupergraphFileOptions): Promise<SupergraphFile> {
  const file = resolve(path);
  const sdl = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new Error(`The supergraph can't be read at ${file}. Compose it (npm run compose) or set SUPERGRAPH_PATH.`, {
      cause,
    });
  });
  let current = sdl;
  let timer: NodeJS.Timeout | undefined;

  async function reload(): Promise<void> {
    try {
      const next = await readFile(file, 'utf8');
      if (next === current || next.trim() === '') return;
      current = next;
      onChange(next);
    } catch (error) {
      log.error({ err: error }, 'the changed supergraph is not usable; the one before stays');
    }
  }

  const schedule = () => {
    clearTimeout(timer);
    timer = setTimeout(reload, SETTLE_MS);
  };
  const watcher = watch(dirname(file), (_event, name) => {
    if (name === null || name === basename(file)) schedule();
  });
  watcher.on('error', (error) => log.warn({ err: error }, 'the supergraph is no longer watched, only polled'));
  watchFile(file, { interval: POLL_MS, persistent: false }, schedule);

  return {
    sdl,
    close() {
      clearTimeout(timer);
      watcher.close();
      unwatchFile(file, schedule);
    },
  };
}
