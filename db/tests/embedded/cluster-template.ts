import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { resetEmbeddedStores, startEmbeddedStores } from '../../src/embedded/index.ts';
import { placeStores } from '../../src/embedded/placement.ts';

const run = promisify(execFile);
const SOURCES = path.join(import.meta.dirname, '..', '..', 'src');
const TEMPLATES = path.join(import.meta.dirname, '..', '..', '..', '.data', 'test', 'db-clusters');
/** The clusters; Redis has nothing to prepare. */
const CLUSTERS = ['postgres', 'documentdb'] as const;
/** What decides how a new cluster looks: when any of it changes, a new template is made. */
const MAKERS = ['embedded', 'documentdb-gateway'];

/**
 * Makes clusters as a first start does, once per state of the sources: initdb twice and DocumentDB's extensions take
 * longer than most tests that need stores of their own. Called by the global setup, before any test.
 */
export async function prepareClusterTemplate(): Promise<void> {
  const template = await templateFolder();
  if (existsSync(template)) return;
  await rm(TEMPLATES, { recursive: true, force: true });
  const building = path.join(TEMPLATES, `building-${process.pid}`);
  const { storeRoot } = placeStores(building);
  const stores = await startEmbeddedStores({
    dataDir: building,
    durable: false,
    urls: { redis: 'redis://unused' },
    config: { mongoEngine: 'documentdb' },
  });
  await stores.stop();
  const complete = `${building}.complete`;
  await mkdir(complete);
  for (const name of CLUSTERS) await copy(path.join(storeRoot, name), complete);
  await resetEmbeddedStores({ dataDir: building });
  // Renamed when complete: a run that ends half way leaves nothing that looks like a template.
  await rename(complete, template);
}

/** Gives a new data folder ready-made clusters, so that stores start in it as they do the second time. */
export async function useClusterTemplate(
  dataDir: string,
  clusters: readonly (typeof CLUSTERS)[number][] = CLUSTERS,
): Promise<void> {
  const { storeRoot } = placeStores(dataDir);
  const template = await templateFolder();
  await Promise.all(clusters.map((name) => copy(path.join(template, name), storeRoot)));
}

/** With owners and modes: the servers run as another user than a root's tests do. */
async function copy(folder: string, into: string): Promise<void> {
  await run('cp', ['-a', folder, into]);
}

async function templateFolder(): Promise<string> {
  const hash = createHash('sha256').update(process.version);
  for (const maker of MAKERS) {
    const names = await readdir(path.join(SOURCES, maker), { recursive: true });
    for (const name of names.filter((entry) => entry.endsWith('.ts')).sort()) {
      hash.update(name).update(await readFile(path.join(SOURCES, maker, name)));
    }
  }
  hash.update(await readFile(path.join(SOURCES, '..', 'package.json')));
  hash.update(await readFile(path.join(SOURCES, '..', '..', 'pnpm-lock.yaml')));
  return path.join(TEMPLATES, hash.digest('hex').slice(0, 16));
}
