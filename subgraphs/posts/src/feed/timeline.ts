import type { TimeKey } from '@postbook/service-kit';

/** A post in a feed: what is known of it before it is looked up. */
export interface FeedEntry {
  readonly postId: string;
  readonly authorId: string;
  readonly createdAt: Date;
}

/** Entries that one reader's timeline holds; older ones fall out (decisions, Posts 4). */
export const TIMELINE_LENGTH = 1_000;

/** Where an entry stands in a feed. */
export const entryKey = ({ createdAt, postId }: FeedEntry): TimeKey => ({ at: createdAt, id: postId });

/** Newest first, and among equal times the greater id. */
export const compareEntries = (a: FeedEntry, b: FeedEntry): number =>
  b.createdAt.getTime() - a.createdAt.getTime() || (a.postId < b.postId ? 1 : a.postId > b.postId ? -1 : 0);

/**
 * One page of several lists that are in the same order, each post once.
 *
 * @param direction of the page: against the list's order, rows come oldest first.
 */
export function mergeEntries(
  lists: readonly (readonly FeedEntry[])[],
  direction: 'forward' | 'backward',
  limit: number,
): FeedEntry[] {
  const unique = new Map(lists.flat().map((entry) => [entry.postId, entry]));
  const sorted = [...unique.values()].sort(compareEntries);
  return (direction === 'forward' ? sorted : sorted.reverse()).slice(0, limit);
}

/**
 * Whether a reader's timeline is cut when this post is written into it: of many posts each reader gets, about one in
 * sixty-four, so that it never grows far beyond its length and cutting costs next to nothing.
 */
export const isCutDue = (readerId: string, postId: string): boolean =>
  (Number.parseInt(readerId.slice(-2), 16) ^ Number.parseInt(postId.slice(-2), 16)) % 64 === 0;
