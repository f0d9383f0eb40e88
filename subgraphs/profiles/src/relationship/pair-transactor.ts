import type { MongoTransaction, Transactor } from '@postbook/service-kit';
import type { PairRepository } from './pair-repository.ts';
import { pairKeyOf } from './relation-facts.ts';

/** A transaction in which nobody else changes what is between two people. */
export interface PairTransaction extends MongoTransaction {
  /** Version of all that the transaction changes between the two; it grows for ever. */
  readonly revision: number;
}

/** Runs changes between two people one after the other. */
export interface PairTransactor {
  /** As {@link Transactor.run}: `work` may run several times and must have no effects outside the transaction. */
  run<Result>(a: string, b: string, work: (tx: PairTransaction) => Promise<Result>): Promise<Result>;
}

/**
 * Every change between two people first writes their pair's document. Of two at once (both ask the other to be friends; a
 * block meets an acceptance) one therefore conflicts, and runs again on what the other left. Checks within the
 * transaction alone would not do: under snapshot isolation each would read a state without the other.
 */
export function createPairTransactor(transactor: Transactor<MongoTransaction>, pairs: PairRepository): PairTransactor {
  return {
    async run(a, b, work) {
      const pairKey = pairKeyOf(a, b);
      for (;;) {
        const outcome = await transactor.run(async (tx) => {
          const revision = await pairs.claim(tx, pairKey);
          if (revision === undefined) return undefined;
          const { session, afterCommit } = tx;
          return { result: await work({ session, afterCommit, revision }) };
        });
        if (outcome) return outcome.result;
        // Made outside of the transaction: two first meetings at once would fail on the duplicate key, not conflict.
        await pairs.create(pairKey);
      }
    },
  };
}
