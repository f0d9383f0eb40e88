import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm, unlink } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readJsonFile, writeJsonFile } from '../json-file.ts';
import { identify, isAlive, type ProcessIdentity } from '../process-identity.ts';

/** What was installed, when and in which versions: the file that marks a finished install. */
export interface InstallRecord {
  readonly installedAt: string;
  /** Package name → version. */
  readonly versions: Readonly<Record<string, string>>;
}

/** Fills `folder`; paths that programs remember must name `finalFolder`, where it is moved when complete. */
export type Installer = (folder: string, finalFolder: string) => Promise<InstallRecord['versions']>;

const RECORD_FILE = 'installed.json';

/** What is installed in a folder; undefined when nothing is. */
export function installRecord(folder: string): InstallRecord | undefined {
  return readJsonFile<InstallRecord>(path.join(folder, RECORD_FILE));
}

/**
 * Installs into `cacheDir/name` unless that is done, and returns the folder. Safe against two checkouts doing it at
 * once (a lock file) and against being killed half way (a temporary folder that is renamed when complete).
 */
export async function installOnce(cacheDir: string, name: string, install: Installer): Promise<string> {
  const folder = path.join(cacheDir, name);
  if (installRecord(folder)) return folder;
  await mkdir(cacheDir, { recursive: true, mode: 0o755 });
  const unlock = await lockFile(`${folder}.lock`);
  try {
    if (installRecord(folder)) return folder;
    await installInto(folder, install);
    return folder;
  } finally {
    await unlock();
  }
}

async function installInto(folder: string, install: Installer): Promise<void> {
  const temporary = `${folder}.incomplete`;
  await rm(temporary, { recursive: true, force: true });
  await rm(folder, { recursive: true, force: true });
  await mkdir(temporary, { recursive: true, mode: 0o755 });
  try {
    const versions = await install(temporary, folder);
    const record: InstallRecord = { installedAt: new Date().toISOString(), versions };
    writeJsonFile(path.join(temporary, RECORD_FILE), record);
    await rename(temporary, folder);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
}

/** Waits for its turn; a lock whose owner died is taken over. */
async function lockFile(file: string): Promise<() => Promise<void>> {
  const own = JSON.stringify(identify(process.pid));
  for (;;) {
    try {
      const handle = await open(file, 'wx');
      await handle.writeFile(own);
      await handle.close();
      return () => unlink(file).catch(() => undefined);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    await breakStaleLock(file);
    await delay(100);
  }
}

async function breakStaleLock(file: string): Promise<void> {
  const content = await readFile(file, 'utf8').catch(() => '');
  const owner = content ? (JSON.parse(content) as ProcessIdentity) : undefined;
  if (!owner || isAlive(owner)) return;
  const aside = `${file}.stale-${process.pid}`;
  await rename(file, aside).catch(() => undefined);
  if (!existsSync(aside)) return;
  // Between reading and renaming somebody else may have broken the lock and taken it: then give it back.
  const taken = await readFile(aside, 'utf8');
  if (taken === content) await unlink(aside);
  else await rename(aside, file);
}
