/** What may be spent on repeating calls, so that an outage isn't answered with a multiple of the load. */
export interface RetryBudget {
  /** A call was made: earns a part of a retry. */
  earn(): void;
  /** Takes one retry; false when none is left. */
  spend(): boolean;
}

/** Retries that can be saved up, and are there at the start. */
const MOST_SAVED = 10;
/** Retries for each call: at most a tenth more load, once what was saved is spent. */
const EARNED_PER_CALL = 0.1;

/** A budget of its own for one subgraph. */
export function createRetryBudget(): RetryBudget {
  let saved = MOST_SAVED;
  return {
    earn() {
      saved = Math.min(MOST_SAVED, saved + EARNED_PER_CALL);
    },
    spend() {
      if (saved < 1) return false;
      saved -= 1;
      return true;
    },
  };
}
