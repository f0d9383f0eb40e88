import { unwatchFile, watch, watchFile } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Component, Logger } from '@postbook/service-kit/edge';
import { createDocumentList, type DocumentList, NO_DOCUMENTS, readManifest } from './document-manifest.ts';

/** Known documents, as their manifests have them now. */
export interface TrustedDocuments extends Component {
  /** The list in force; empty before the start. */
  current(): DocumentList;
}

/** Options of {@link createTrustedDocuments}. */
export interface TrustedDocumentsOptions {
  /** A manifest, or a folder whose `*.json` files are manifests. */
  readonly path: string;
  readonly log: Logger;
  /** Called with every list that comes into force, the first one too. */
  readonly onChange?: (list: DocumentList) => void;
}

/** Deployments make several events of one change. */
const SETTLE_MS = 50;
/** Network and container file systems may send no events at all. */
const POLL_MS = 5_000;

const isFolder = async (path: string) => (await stat(path)).isDirectory();

/** The texts of all manifests, in the order of their names. */
async function readTexts(path: string): Promise<string[]> {
  if (!(await isFolder(path))) return [await readFile(path, 'utf8')];
  const files = (await readdir(path)).filter((name) => name.endsWith('.json')).sort();
  return Promise.all(files.map((name) => readFile(join(path, name), 'utf8')));
}

/**
 * Documents that clients are known to send, followed while their manifests change. A change that can't be read is logged
 * and the list before stays: half a manifest must lock nobody out.
 */
export function createTrustedDocuments({ path: given, log, onChange }: TrustedDocumentsOptions): TrustedDocuments {
  const path = resolve(given);
  let list = NO_DOCUMENTS;
  let texts: readonly string[] = [];
  let stopWatching = () => {};

  async function load(): Promise<void> {
    const next = await readTexts(path);
    if (next.length === texts.length && next.every((text, index) => text === texts[index])) return;
    list = createDocumentList(next.flatMap(readManifest));
    texts = next;
    log.info({ documents: list.operations.length }, 'the trusted documents were loaded');
    onChange?.(list);
  }

  const reload = () =>
    load().catch((error: unknown) =>
      log.error({ err: error }, 'the trusted documents are not usable; those before stay'),
    );

  /** The folder is watched, not the file: a deployment replaces the file, and its watch would never fire again. */
  async function follow(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const schedule = () => {
      clearTimeout(timer);
      timer = setTimeout(reload, SETTLE_MS);
    };
    const watcher = watch((await isFolder(path)) ? path : dirname(path), schedule);
    watcher.on('error', (error) =>
      log.warn({ err: error }, 'the trusted documents are no longer watched, only polled'),
    );
    watchFile(path, { interval: POLL_MS, persistent: false }, schedule);
    stopWatching = () => {
      clearTimeout(timer);
      watcher.close();
      unwatchFile(path, schedule);
    };
  }

  return {
    name: 'trusted documents',
    current: () => list,
    async start() {
      await load().catch((cause: unknown) => {
        throw new Error(`The trusted documents can't be read at ${path}: set TRUSTED_DOCUMENTS_PATH.`, { cause });
      });
      await follow();
    },
    async stop() {
      stopWatching();
      stopWatching = () => {};
    },
  };
}
