import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, constants, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type MediaStorage, type NewBlob, WrongSizeError } from './storage.ts';

/** What is being written lies here, on the same disk, until it is whole. */
const TEMPORARY = '.incomplete';
/** A temporary file this old was left by a process that died, in milliseconds. */
const ABANDONED_MS = 24 * 60 * 60_000;
/** Paths are made by the service from ids; this holds should that ever change. */
const SAFE_PATH = /^[A-Za-z0-9_-]+(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/;

const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Writes a file and waits until it is on the disk. */
async function writeDurably(file: string, { body, sizeBytes }: NewBlob): Promise<void> {
  const handle = await open(file, 'wx');
  try {
    let written = 0;
    for await (const chunk of body) {
      written += chunk.length;
      if (written > sizeBytes) throw new WrongSizeError(`more than ${sizeBytes} bytes came`);
      await handle.writeFile(chunk);
    }
    if (written < sizeBytes) throw new WrongSizeError(`${written} of ${sizeBytes} bytes came`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const file = join(folder, name);
    const found = await stat(file).catch(() => undefined);
    if (found && found.mtimeMs < Date.now() - ABANDONED_MS) await rm(file, { force: true });
  }
}

/** Blobs as files of a folder, for one machine or a file system that all machines share. */
export function createLocalStorage(root: string): MediaStorage {
  const temporary = join(root, TEMPORARY);

  function fileOf(path: string): string {
    if (!SAFE_PATH.test(path)) throw new Error(`not a path of a blob: ${path}`);
    return join(root, path);
  }

  return {
    name: 'media storage',
    provider: 'Local',

    async start() {
      await mkdir(temporary, { recursive: true });
      await removeAbandoned(temporary);
    },
    stop: async () => undefined,
    check: () => access(temporary, constants.W_OK),

    async write(path, blob) {
      const target = fileOf(path);
      const draft = join(temporary, randomUUID());
      try {
        await writeDurably(draft, blob);
        await mkdir(dirname(target), { recursive: true });
        await rename(draft, target);
        await syncFolder(dirname(target));
      } catch (error) {
        await rm(draft, { force: true });
        throw error;
      }
    },

    async read(path, range) {
      const file = fileOf(path);
      const handle = await open(file, 'r').catch((error: unknown) => {
        if (isMissing(error)) return undefined;
        throw error;
      });
      if (!handle) return undefined;
      const { size } = await handle.stat();
      return { sizeBytes: size, stream: createReadStream(file, { ...range, fd: handle, autoClose: true }) };
    },

    async sizeOf(path) {
      try {
        return (await stat(fileOf(path))).size;
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },

    remove: (path) => rm(fileOf(path), { force: true }),
    removeAll: (folder) => rm(fileOf(folder), { recursive: true, force: true }),
    uploadUrl: async () => undefined,
  };
}
