import type { Feed } from './people-feeds.ts';
import type { ReconciliationRepository } from './reconciliation-repository.ts';

/** A change is seen by a reader of the feed only once it commits: look back further than a transaction takes. */
const OVERLAP_MS = 10 * 60_000;
/** How often everything is read, in milliseconds: what a restored backup lost changed long ago at its owner. */
const ALL_EVERY_MS = 24 * 60 * 60_000;

/** Options of {@link followFeed}. */
export interface FollowFeedOptions<Entry> {
  /** The feed's name in the memory of what was read. */
  readonly name: string;
  readonly feed: Feed<Entry>;
  readonly states: ReconciliationRepository;
  readonly signal: AbortSignal;
  /** Compares a page and repairs what differs. @returns how much did. */
  apply(entries: readonly Entry[]): Promise<number>;
}

/**
 * Reads what changed since the last run, and once a day all there is. Where it got to is noted when it is through, so a
 * run that was cut off is done again.
 *
 * @returns how much was repaired.
 */
export async function followFeed<Entry>(options: FollowFeedOptions<Entry>): Promise<number> {
  const { name, feed, states, signal } = options;
  const startedAt = new Date();
  const last = await states.read(name);
  const isAll = !last || startedAt.getTime() - last.allAt.getTime() >= ALL_EVERY_MS;
  let count = 0;
  for await (const entries of feed(isAll ? undefined : new Date(last.until.getTime() - OVERLAP_MS))) {
    signal.throwIfAborted();
    count += await options.apply(entries);
  }
  await states.note(name, { until: startedAt, allAt: isAll ? startedAt : last.allAt });
  return count;
}
