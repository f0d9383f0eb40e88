/** What a transaction of any store offers to the code that runs in it. */
export interface Transaction {
  /**
   * Has the work done once the transaction is committed, and not if it isn't: kicks, cache invalidations, live messages.
   * A failure is logged and never reaches the caller, for whom the change is already made.
   */
  afterCommit(work: () => void | Promise<void>): void;
}

/** Runs work in transactions of one store. */
export interface Transactor<Tx extends Transaction> {
  /**
   * Commits what `work` did if it resolves, undoes it if it rejects. When the store reports a conflict with another
   * transaction the work is done again from its beginning, so it must have no effects outside the transaction but
   * through `afterCommit`.
   */
  run<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result>;
}

/** Options of transactors. */
export interface TransactorOptions {
  /** Told when work after a commit failed. */
  readonly onAfterCommitError?: (error: unknown) => void;
  /** How long conflicts are retried, in milliseconds. Default 10,000. */
  readonly retryForMs?: number;
}

/** Collects the work of one try and does it when the try is committed. */
export const createAfterCommit = (onError: ((error: unknown) => void) | undefined) => {
  const works: (() => void | Promise<void>)[] = [];
  return {
    add: (work: () => void | Promise<void>) => void works.push(work),
    /** Starts all works; does not wait, since the caller's change is made and its answer need not be held up. */
    runAll() {
      for (const work of works) {
        Promise.resolve()
          .then(work)
          .catch((error: unknown) => onError?.(error));
      }
    },
  };
};

/** Milliseconds before try `attempt + 1`: random up to a bound that grows, so that rivals don't meet again. */
export const conflictDelayMs = (attempt: number): number =>
  Math.random() * Math.min(2 ** Math.min(attempt, 10) * 2, 250);
