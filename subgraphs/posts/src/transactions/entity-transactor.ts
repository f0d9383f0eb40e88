import { isTransientError, type MongoTransaction, type Transactor, UnavailableError } from '@postbook/service-kit';
import { createLanes, LaneFullError } from './lanes.ts';

/** Runs transactions that count something at one post or comment. */
export interface EntityTransactor {
  /** @throws UnavailableError when too many want to, or the store is away: what was asked for may have been done. */
  run<Result>(entityId: string, work: (tx: MongoTransaction) => Promise<Result>): Promise<Result>;
}

/** Transactions that may wait in a process for one post before it refuses more. */
const MAX_WAITING = 2_000;

/**
 * Makes it. All who react to, comment on or vote in one post write to its counters; left to the store, fifty at once keep
 * undoing each other. In a process they go one after the other; processes meet in the store, where there are few.
 */
export function createEntityTransactor(transactor: Transactor<MongoTransaction>): EntityTransactor {
  const lanes = createLanes(MAX_WAITING);
  return {
    async run(entityId, work) {
      try {
        return await lanes.run(entityId, () => transactor.run(work));
      } catch (cause) {
        if (!(cause instanceof LaneFullError) && !isTransientError(cause)) throw cause;
        throw new UnavailableError('Too much happens here at once. Retry after a moment.', { cause });
      }
    },
  };
}
