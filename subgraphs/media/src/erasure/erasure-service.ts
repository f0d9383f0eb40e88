import { createEvent } from '@postbook/events';
import type { MongoTransaction, Outbox, Transactor } from '@postbook/service-kit';
import { mediaDeleted } from '../media/media-events.ts';
import type { SweepRepository } from '../sweep/sweep-repository.ts';
import type { Sweeper } from '../sweep/sweeper.ts';

/** Files that are removed in one step. */
const BATCH = 50;

/** What {@link createErasureService} needs. */
export interface ErasureParts {
  readonly transactor: Transactor<MongoTransaction>;
  readonly repository: SweepRepository;
  readonly sweeper: Sweeper;
  readonly outbox: Outbox<MongoTransaction>;
  readonly now: () => Date;
}

/** Erases people's files. */
export interface ErasureService {
  /** Removes all of a person's files, blobs first. To be run until done; what is gone is not done again. @returns how many. */
  eraseFiles(userId: string): Promise<number>;
  /** The receipt that auth collects. */
  confirm(tx: MongoTransaction, userId: string, erasedItems: number, version: number): Promise<void>;
}

/** The service of erasure. */
export function createErasureService({ transactor, repository, sweeper, outbox, now }: ErasureParts): ErasureService {
  return {
    async eraseFiles(userId) {
      // First nobody sees any of them any more, however long the rest takes.
      await repository.expireAllOf(userId, now());
      for (let count = 0; ; ) {
        const files = await repository.ofOwner(userId, BATCH);
        if (files.length === 0) return count;
        const ids = files.map(({ id }) => id);
        await sweeper.removeBlobs(ids);
        await transactor.run(async (tx) => {
          await repository.remove(tx, ids);
          const gone = files.map((file) => mediaDeleted({ ...file, version: file.version + 1 }));
          await outbox.append(tx, gone);
        });
        count += files.length;
      }
    },

    async confirm(tx, userId, erasedItems, version) {
      await repository.removeQuotas(tx, userId);
      const payload = { userId, service: 'media', erasedItems };
      await outbox.append(tx, [createEvent({ type: 'UserDataErased', aggregateId: userId, version, payload })]);
    },
  };
}
