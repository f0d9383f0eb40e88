/** Waits for its turn, is worked on with others of its key, and is answered on its own. */
export interface BatchQueue<Item, Result> {
  /** @throws what `work` threw for it, or QueueFullError. */
  add(key: string, item: Item): Promise<Result>;
}

/** Too many items wait for one key. */
export class QueueFullError extends Error {
  override readonly name = 'QueueFullError';
}

/** Options of {@link createBatchQueue}. */
export interface BatchQueueOptions<Item, Result> {
  /** How many items are worked on together. */
  readonly maxBatch: number;
  /** How many items may wait for one key. */
  readonly maxWaiting: number;
  /** Does the work of a batch: one result for each item, in their order. All of it happens, or nothing. */
  work(key: string, items: readonly Item[]): Promise<readonly Result[]>;
  /** Whether a failure says nothing about the items, such as a store that is away: then none is tried alone. */
  isCommonFailure(error: unknown): boolean;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly answer: PromiseWithResolvers<Result>;
}

/**
 * Works on items key by key, one batch at a time for each: what arrives while a batch is under way forms the next one.
 * Alone, an item is worked on at once; under load batches grow by themselves.
 */
export function createBatchQueue<Item, Result>(options: BatchQueueOptions<Item, Result>): BatchQueue<Item, Result> {
  const queues = new Map<string, Waiting<Item, Result>[]>();

  async function workOn(key: string, batch: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const items = batch.map(({ item }) => item);
      const results = await options.work(key, items);
      for (const [index, { answer }] of batch.entries()) answer.resolve(results[index] as Result);
    } catch (error) {
      // One item may have spoilt it for all: alone, only that one fails.
      if (batch.length > 1 && !options.isCommonFailure(error)) for (const one of batch) await workOn(key, [one]);
      else for (const { answer } of batch) answer.reject(error);
    }
  }

  async function drain(key: string, waiting: Waiting<Item, Result>[]): Promise<void> {
    while (waiting.length > 0) await workOn(key, waiting.splice(0, options.maxBatch));
    queues.delete(key);
  }

  return {
    add(key, item) {
      const answer = Promise.withResolvers<Result>();
      const waiting = queues.get(key);
      if (waiting && waiting.length >= options.maxWaiting) throw new QueueFullError(`${options.maxWaiting} wait`);
      if (waiting) waiting.push({ item, answer });
      else {
        const queue = [{ item, answer }];
        queues.set(key, queue);
        void drain(key, queue);
      }
      return answer.promise;
    },
  };
}
