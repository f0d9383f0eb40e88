import { describe, expect, it } from 'vitest';
import { type FeedEntry, isCutDue, mergeEntries } from './timeline.ts';

const entry = (postId: string, at: number): FeedEntry => ({ postId, authorId: 'ada', createdAt: new Date(at) });
const ids = (entries: readonly FeedEntry[]) => entries.map(({ postId }) => postId);

describe('a page of several lists', () => {
  const written = [entry('e', 50), entry('c', 30), entry('a', 10)];
  const looked = [entry('d', 40), entry('c', 30), entry('b', 30)];

  it('is in one order, with each post once', () => {
    expect(ids(mergeEntries([written, looked], 'forward', 10))).toEqual(['e', 'd', 'c', 'b', 'a']);
    expect(ids(mergeEntries([written, looked], 'forward', 3))).toEqual(['e', 'd', 'c']);
  });

  it('goes against the order backward', () => {
    const reversed = [written.toReversed(), looked.toReversed()];
    expect(ids(mergeEntries(reversed, 'backward', 3))).toEqual(['a', 'b', 'c']);
  });

  it('is empty for empty lists', () => {
    expect(mergeEntries([[], []], 'forward', 3)).toEqual([]);
  });
});

describe('cutting a timeline', () => {
  it('is due about once in sixty-four posts, for every reader', () => {
    for (const reader of ['00', '3f', 'a7', 'ff']) {
      const due = Array.from({ length: 256 }, (_, n) => n.toString(16).padStart(2, '0')).filter((post) =>
        isCutDue(`reader${reader}`, `post${post}`),
      );
      expect(due).toHaveLength(4);
    }
  });
});
