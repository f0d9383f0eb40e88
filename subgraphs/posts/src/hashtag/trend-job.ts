import type { JobDefinition, TimeKey } from '@postbook/service-kit';
import type { TrendingHashtag } from './hashtag.ts';
import type { HashtagRepository, NewScore } from './hashtag-repository.ts';
import { TREND_WINDOW_MS, trendScore, trendWindows } from './trend-score.ts';

/** Hashtags scored at a time. */
const CHUNK = 200;
const NO_USERS = { lastDay: 0, lastWeek: 0, lastMonth: 0 };

/** Computes scores anew, of all hashtags used within the window and of those that have left it. */
export function createTrendRefresher(hashtags: HashtagRepository, now: () => Date) {
  async function score(rows: readonly TrendingHashtag[], at: Date): Promise<void> {
    const users = await hashtags.users(
      rows.map(({ tag }) => tag),
      trendWindows(at),
    );
    const scores = rows.map(({ tag }): NewScore => ({ tag, score: trendScore(users.get(tag) ?? NO_USERS) }));
    // Most tags of a month stand still: those aren't written.
    const changed = scores.filter(({ score: current }, index) => rows[index]?.trendScore !== current);
    await hashtags.setScores(changed, at);
  }

  return {
    /** @param signal ends it between two steps. */
    async refresh(signal?: AbortSignal): Promise<void> {
      const at = now();
      const since = new Date(at.getTime() - TREND_WINDOW_MS - 60 * 60_000);
      for (let cursor: TimeKey | undefined; !signal?.aborted; ) {
        const page = { limit: CHUNK, direction: 'forward' as const, ...(cursor ? { cursor } : {}) };
        const rows = await hashtags.usedSince(since, page);
        if (rows.length > 0) await score(rows, at);
        const last = rows.at(-1);
        if (!last || rows.length < CHUNK) break;
        cursor = { at: last.lastUsed, id: last.id };
      }
      while (!signal?.aborted) {
        const faded = await hashtags.fadedSince(since, CHUNK);
        await hashtags.setScores(
          faded.map(({ tag }) => ({ tag, score: 0 })),
          at,
        );
        if (faded.length < CHUNK) break;
      }
    },
  };
}

/** What {@link createTrendRefresher} returns. */
export type TrendRefresher = ReturnType<typeof createTrendRefresher>;

/** The job that refreshes scores every five minutes. */
export const trendJob = (refresher: TrendRefresher): JobDefinition => ({
  name: 'posts-refresh-trends',
  schedule: '*/5 * * * *',
  run: ({ signal }) => refresher.refresh(signal),
});
