import { UnavailableError } from '../errors/app-error.ts';
import { isTransientError } from '../event-bus/transient-error.ts';

/** Waits for its turn, is worked on with others of its key, and is answered on its own. */
export interface BatchQueue<Key, Item, Result> {
  /** @throws what `work` threw for it, or QueueFullError. */
  add(key: Key, item: Item): Promise<Result>;
}

/** Too many items wait for one key. */
export class QueueFullError extends UnavailableError {
  constructor(waiting: number) {
    super('Too much happens here at once. Retry after a moment.', { details: { waiting } });
  }
}

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
  /**
   * Whether a failure says nothing about the items, such as a store that is away: then none is tried alone. Default:
   * {@link isTransientError}.
   */
  isCommonFailure?(error: unknown): boolean;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly answer: PromiseWithResolvers<Result>;
}

const MAX_WAITING = 2_000;

/**
 * Works on items key by key, one batch at a time for each: what arrives while a batch is under way forms the next one.
 * Alone, an item is worked on at once; under load batches grow by themselves.
 */
export function createBatchQueue<Key, Item, Result>(
  options: BatchQueueOptions<Key, Item, Result>,
): BatchQueue<Key, Item, Result> {
  const { isCommonFailure = isTransientError, keyOf, maxBatch, maxWaiting = MAX_WAITING } = options;
  const queues = new Map<string, Waiting<Item, Result>[]>();

  async function workOn(key: Key, batch: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const items = batch.map(({ item }) => item);
      const results = await options.work(key, items);
      for (const [index, { answer }] of batch.entries()) answer.resolve(results[index] as Result);
    } catch (error) {
      // One item may have spoilt it for all: alone, only that one fails.
      if (batch.length > 1 && !isCommonFailure(error)) for (const one of batch) await workOn(key, [one]);
      else for (const { answer } of batch) answer.reject(error);
    }
  }

  async function drain(key: Key, waiting: Waiting<Item, Result>[]): Promise<void> {
    while (waiting.length > 0) await workOn(key, waiting.splice(0, maxBatch));
    queues.delete(keyOf(key));
  }

  return {
    async add(key, item) {
      const answer = Promise.withResolvers<Result>();
      const waiting = queues.get(keyOf(key));
      if (waiting && waiting.length >= maxWaiting) throw new QueueFullError(waiting.length);
      if (waiting) waiting.push({ item, answer });
      else {
        const queue = [{ item, answer }];
        queues.set(keyOf(key), queue);
        void drain(key, queue);
      }
      return answer.promise;
    },
  };
}
