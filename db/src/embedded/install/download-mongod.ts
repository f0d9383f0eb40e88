import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { readJsonFile, writeJsonFile } from '../json-file.ts';
import type { Reporter } from '../progress.ts';

/** The MongoDB that is downloaded where that is possible. */
export const MONGOD_VERSION = '8.0.12';

/** How long a first answer from the download server may take before we go on without. */
const CONNECT_TIMEOUT_MS = 5_000;
const DOWNLOAD_TIMEOUT_MS = 10 * 60_000;
/** A refusal is remembered this long, so that warm starts do not try again. */
const REMEMBER_FAILURE_MS = 24 * 3_600_000;

interface Failure {
  readonly at: number;
  readonly reason: string;
}

/** Where a mongod is, or in words why there is none. */
export type MongodDownload = { readonly command: string } | { readonly reason: string };

/** Finds or downloads mongod with mongodb-memory-server's means, into the cache. Never throws. */
export async function downloadMongod(cacheDir: string, force: boolean, reporter: Reporter): Promise<MongodDownload> {
  const folder = path.join(cacheDir, 'mongod');
  const failureFile = path.join(cacheDir, 'mongod-download-failed.json');
  await mkdir(folder, { recursive: true });
  const failure = readJsonFile<Failure>(failureFile);
  if (!force && failure && Date.now() - failure.at < REMEMBER_FAILURE_MS) {
    return { reason: `${failure.reason} (found out earlier; tried again a day later)` };
  }
  try {
    return { command: await attempt(folder, reporter) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    writeJsonFile(failureFile, { at: Date.now(), reason } satisfies Failure);
    return { reason };
  }
}

async function attempt(downloadDir: string, reporter: Reporter): Promise<string> {
  // Loaded only here: it is slow to load, and warm starts do not need it.
  const { MongoBinary } = await import('mongodb-memory-server-core/lib/util/MongoBinary.js');
  const { DryMongoBinary } = await import('mongodb-memory-server-core/lib/util/DryMongoBinary.js');
  const options = { version: MONGOD_VERSION, downloadDir };
  const present = await DryMongoBinary.locateBinary(await DryMongoBinary.generateOptions(options));
  if (present) return present;
  await reporter.step('Asking whether mongod can be downloaded', connectToServer);
  return reporter.step(`Downloading mongod ${MONGOD_VERSION}, once per machine`, async () => {
    const timeout = AbortSignal.timeout(DOWNLOAD_TIMEOUT_MS);
    const tooSlow = new Promise<never>((_, reject) =>
      timeout.addEventListener('abort', () => reject(new Error('the download took more than ten minutes'))),
    );
    return Promise.race([MongoBinary.getPath(options), tooSlow]);
  });
}

/** The downloader has no time-out of its own that is short enough, so reachability is asked for first. */
async function connectToServer(): Promise<void> {
  const { MongoBinaryDownloadUrl } = await import('mongodb-memory-server-core/lib/util/MongoBinaryDownloadUrl.js');
  const { getOS } = await import('mongodb-memory-server-core/lib/util/getos/index.js');
  const url = await new MongoBinaryDownloadUrl({
    version: MONGOD_VERSION,
    platform: process.platform,
    arch: process.arch,
    os: await getOS(),
  }).getDownloadUrl();
  try {
    const answer = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(CONNECT_TIMEOUT_MS) });
    if (!answer.ok) throw new Error(`the server says ${answer.status}`);
  } catch (error) {
    throw new Error('MongoDB’s download server cannot be reached from here', { cause: error });
  }
}
