import type { MongoTransaction, Transactor } from '@postbook/service-kit';
import { incomingFolder, type MediaStorage, servedFolder } from '../storage/storage.ts';
import type { SweepRepository } from './sweep-repository.ts';

/** Files that are removed in one step. */
const BATCH = 50;

/** What {@link createSweeper} needs. */
export interface SweeperOptions {
  readonly transactor: Transactor<MongoTransaction>;
  readonly repository: SweepRepository;
  readonly storage: MediaStorage;
  readonly now: () => Date;
}

/** Removes files for good. */
export interface Sweeper {
  /** Removes everything whose time is over. May be cut off at any moment. @returns how many files. */
  sweep(signal?: AbortSignal): Promise<number>;
  /** Removes blobs of files, however often. */
  removeBlobs(ids: readonly string[]): Promise<void>;
}

/**
 * Makes the sweeper. Blobs go first and rows second: a row without its blob is found again by the next sweep, a blob
 * without its row never.
 */
export function createSweeper({ transactor, repository, storage, now }: SweeperOptions): Sweeper {
  async function removeBlobs(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      await storage.removeAll(incomingFolder(id));
      await storage.removeAll(servedFolder(id));
    }
  }

  return {
    removeBlobs,
    async sweep(signal) {
      let count = 0;
      while (!signal?.aborted) {
        const ids = await repository.claimExpired(now(), BATCH);
        if (ids.length === 0) break;
        await removeBlobs(ids);
        await transactor.run((tx) => repository.remove(tx, ids));
        count += ids.length;
      }
      return count;
    },
  };
}
