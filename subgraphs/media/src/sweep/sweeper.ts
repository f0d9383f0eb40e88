import type { Component, Logger, MongoTransaction, Transactor } from '@postbook/service-kit';
import { incomingFolder, type MediaStorage, servedFolder } from '../storage/storage.ts';
import type { SweepRepository } from './sweep-repository.ts';

/** Files that are removed in one step. */
const BATCH = 50;

/** What {@link createSweeper} needs. */
export interface SweeperOptions {
  readonly transactor: Transactor<MongoTransaction>;
  readonly repository: SweepRepository;
  readonly storage: MediaStorage;
  readonly log: Logger;
  readonly now: () => Date;
}

/** Removes files for good. */
export interface Sweeper extends Component {
  /** Has everything removed whose time is over, in the background. */
  kick(): void;
  /** Removes everything whose time is over. May be cut off at any moment. @returns how many files. */
  sweep(signal?: AbortSignal): Promise<number>;
  /** Removes blobs of files, however often. */
  removeBlobs(ids: readonly string[]): Promise<void>;
}

/**
 * Makes the sweeper. Blobs go first and rows second: a row without its blob is found again by the next sweep, a blob
 * without its row never.
 */
export function createSweeper({ transactor, repository, storage, log, now }: SweeperOptions): Sweeper {
  const stopping = new AbortController();
  let running: Promise<void> | undefined;
  let isKicked = false;

  async function removeBlobs(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      await storage.removeAll(incomingFolder(id));
      await storage.removeAll(servedFolder(id));
    }
  }

  async function sweep(signal?: AbortSignal): Promise<number> {
    let count = 0;
    while (!signal?.aborted) {
      const ids = await repository.claimExpired(now(), BATCH);
      if (ids.length === 0) break;
      await removeBlobs(ids);
      await transactor.run((tx) => repository.remove(tx, ids));
      count += ids.length;
    }
    return count;
  }

  async function run(): Promise<void> {
    try {
      while (isKicked && !stopping.signal.aborted) {
        isKicked = false;
        await sweep(stopping.signal);
      }
    } catch (error) {
      // The job comes by in a few minutes.
      log.warn({ err: error }, 'files could not be removed');
    } finally {
      running = undefined;
    }
  }

  return {
    name: 'sweeper',
    start: async () => undefined,
    async stop() {
      stopping.abort();
      await running;
    },
    kick() {
      isKicked = true;
      running ??= run();
    },
    sweep,
    removeBlobs,
  };
}
