import { createHash } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { readJsonFile, writeJsonFile } from './json-file.ts';

/** User and group a server process runs as. */
export interface RunAs {
  readonly uid: number;
  readonly gid: number;
}

/** Where the files of one set of stores are, and who owns them. */
export interface Placement {
  /** Ports, process records and logs: always where the caller wants them. */
  readonly dataDir: string;
  /** The stores' own folders: `dataDir`, or elsewhere when servers could not reach it. */
  readonly storeRoot: string;
  /** Set when the launcher is root: PostgreSQL refuses to run as root, and nothing else needs to. */
  readonly runAs: RunAs | undefined;
}

/** Where root puts store data that `nobody` could not reach in the checkout. */
export const SYSTEM_STORE_ROOT = '/var/lib/postbook';
const PLACEMENT_FILE = 'placement.json';

/** Decides, creates and records where store data lives; the same answer for the same folder until it is reset. */
export function placeStores(dataDir: string): Placement {
  mkdirSync(path.join(dataDir, 'logs'), { recursive: true });
  const resolved = realpathSync(dataDir);
  const runAs = serverUser();
  const storeRoot = recordedStoreRoot(resolved) ?? chooseStoreRoot(resolved, runAs);
  mkdirSync(storeRoot, { recursive: true, mode: 0o755 });
  writeJsonFile(path.join(resolved, PLACEMENT_FILE), { storeRoot });
  return { dataDir: resolved, storeRoot, runAs };
}

/** Where an earlier start put the data; undefined when there was none. Used by reset. */
export function recordedStoreRoot(dataDir: string): string | undefined {
  return readJsonFile<{ storeRoot: string }>(path.join(dataDir, PLACEMENT_FILE))?.storeRoot;
}

/** Creates a store's folder, closed to others, owned by whom the server runs as. */
export function storeFolder(placement: Placement, name: string): string {
  const folder = path.join(placement.storeRoot, name);
  if (!existsSync(folder)) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (placement.runAs) chownSync(folder, placement.runAs.uid, placement.runAs.gid);
  }
  return folder;
}

/** Whether any user can reach this folder: every folder above it, and itself, has the search bit for others. */
export function reachableByOthers(folder: string): boolean {
  for (let at = realpathSync(folder); ; at = path.dirname(at)) {
    if ((statSync(at).mode & 0o001) === 0) return false;
    if (at === path.dirname(at)) return true;
  }
}

/** `nobody` when the launcher is root, else undefined: servers run as the caller. */
export function serverUser(): RunAs | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const entry = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((line) => line.startsWith('nobody:'));
  const [, , uid, gid] = entry?.split(':') ?? [];
  return { uid: Number(uid ?? 65_534), gid: Number(gid ?? 65_534) };
}

function chooseStoreRoot(dataDir: string, runAs: RunAs | undefined): string {
  if (!runAs || reachableByOthers(dataDir)) return dataDir;
  const id = createHash('sha256').update(dataDir).digest('hex').slice(0, 16);
  return path.join(SYSTEM_STORE_ROOT, id);
}
