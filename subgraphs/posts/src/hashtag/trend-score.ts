const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;

/** How far back scores look, in milliseconds. */
export const TREND_WINDOW_MS = 30 * DAY_MS;

/** How many different people used a hashtag in public within each window. */
export interface TagUsers {
  readonly lastDay: number;
  readonly lastWeek: number;
  readonly lastMonth: number;
}

/** The beginnings of the windows of {@link TagUsers}. */
export const trendWindows = (now: Date) => ({
  day: new Date(now.getTime() - DAY_MS),
  week: new Date(now.getTime() - 7 * DAY_MS),
  month: new Date(now.getTime() - TREND_WINDOW_MS),
});

/** The beginning of the hour in which something happened: usage is kept by hours. */
export const hourOf = (at: Date): Date => new Date(Math.floor(at.getTime() / HOUR_MS) * HOUR_MS);

/** The specification's formula (1470), of people and not of uses, so that nobody makes a trend alone. */
export const trendScore = ({ lastDay, lastWeek, lastMonth }: TagUsers): number =>
  // Tenths are added as whole numbers: sums of 0.3 would differ in their last digit.
  (lastDay * 5 + lastWeek * 3 + lastMonth * 2) / 10;
