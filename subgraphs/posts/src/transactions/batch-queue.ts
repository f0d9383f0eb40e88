import { UnavailableError } from '@postbook/service-kit';

/** Items that may wait for one key unless told otherwise. */
const MAX_WAITING = 2_000;

/** Options of {@link createBatchQueue}. */
export interface BatchQueueOptions<Key, Item, Result> {
  /** What is worked on together has the same one. */
  keyOf(key: Key): string;
  /** How many items are worked on together. */
  readonly maxBatch: number;
  /** How many items may wait for one key. Default 2,000. */
  readonly maxWaiting?: number;
  /** Does the work of a batch: one result for each item, in their order. All of it happens, or nothing. */
  work(key: Key, items: readonly Item[]): Promise<readonly Result[]>;
}

/** Waits for its turn, is worked on with others of its key, and is answered on its own. */
export interface BatchQueue<Key, Item, Result> {
  /** @throws what `work` threw for its batch, or UnavailableError when too many wait. */
  add(key: Key, item: Item): Promise<Result>;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly answer: PromiseWithResolvers<Result>;
}

/**
 * Works on items key by key, one batch at a time for each: what arrives while a batch is under way forms the next one.
 * Alone, an item is worked on at once; under load batches grow by themselves.
 */
export function createBatchQueue<Key, Item, Result>(
  options: BatchQueueOptions<Key, Item, Result>,
): BatchQueue<Key, Item, Result> {
  const queues = new Map<string, Waiting<Item, Result>[]>();

  async function workOn(key: Key, batch: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await options.work(
        key,
        batch.map(({ item }) => item),
      );
      for (const [index, { answer }] of batch.entries()) answer.resolve(results[index] as Result);
    } catch (error) {
      for (const { answer } of batch) answer.reject(error);
    }
  }

  async function drain(key: Key, waiting: Waiting<Item, Result>[]): Promise<void> {
    while (waiting.length > 0) await workOn(key, waiting.splice(0, options.maxBatch));
    queues.delete(options.keyOf(key));
  }

  return {
    async add(key, item) {
      const answer = Promise.withResolvers<Result>();
      const waiting = queues.get(options.keyOf(key));
      if (waiting && waiting.length >= (options.maxWaiting ?? MAX_WAITING)) {
        throw new UnavailableError('Too much happens here at once. Retry after a moment.');
      }
      if (waiting) waiting.push({ item, answer });
      else {
        const queue = [{ item, answer }];
        queues.set(options.keyOf(key), queue);
        void drain(key, queue);
      }
      return answer.promise;
    },
  };
}
