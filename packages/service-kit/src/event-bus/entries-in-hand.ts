/** The entries that a member has been given and not finished, with what its reader must know of them. */
export interface EntriesInHand {
  /** Ids of entries queued or being handled. */
  readonly ids: ReadonlySet<string>;
  /** How many more may be taken. */
  readonly room: number;
  /** Takes an entry. False when it is in hand already. */
  take(id: string): boolean;
  /** Notes when the entry's event happened. */
  note(id: string, occurredAt: number): void;
  /** Lets go of an entry; one that is not finished comes again and counts as unfinished until then. */
  release(id: string, options: { isFinished: boolean }): void;
  /** Resolves when an entry was let go of; from `stopWaiting` on at once. */
  freed(): Promise<void>;
  stopWaiting(): void;
  /** Whether the entry was taken and not finished: it is in hand, or waits for another try. */
  isUnfinished(id: string): boolean;
  /** When the oldest unfinished event happened; undefined when all are finished. */
  oldestUnfinished(): number | undefined;
  /** Counts as finished what is no longer pending: another member has done it. */
  forgetUnless(stillPending: ReadonlySet<string>): void;
}

/** At most `capacity` entries. */
export function createEntriesInHand(capacity: number): EntriesInHand {
  const ids = new Set<string>();
  const unfinished = new Map<string, number>();
  let isStopped = false;
  let waiting = Promise.withResolvers<void>();
  const wake = () => {
    waiting.resolve();
    waiting = Promise.withResolvers<void>();
  };
  return {
    ids,
    get room() {
      return capacity - ids.size;
    },
    take(id) {
      if (ids.has(id)) return false;
      ids.add(id);
      return true;
    },
    note: (id, occurredAt) => void unfinished.set(id, occurredAt),
    release(id, { isFinished }) {
      ids.delete(id);
      if (isFinished) unfinished.delete(id);
      wake();
    },
    freed: () => (isStopped ? Promise.resolve() : waiting.promise),
    stopWaiting() {
      isStopped = true;
      wake();
    },
    isUnfinished: (id) => unfinished.has(id),
    oldestUnfinished: () => (unfinished.size === 0 ? undefined : Math.min(...unfinished.values())),
    forgetUnless(stillPending) {
      for (const id of unfinished.keys()) if (!stillPending.has(id) && !ids.has(id)) unfinished.delete(id);
    },
  };
}
