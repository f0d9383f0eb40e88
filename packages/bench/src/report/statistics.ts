/** The value below which the given part of the values lies, by nearest rank. The values must be ascending. NaN of none. */
export function percentile(ascending: ArrayLike<number>, part: number): number {
  const rank = Math.min(ascending.length - 1, Math.max(0, Math.ceil(part * ascending.length) - 1));
  return ascending[rank] ?? Number.NaN;
}

/** The middle value; of an even number of values the mean of the two in the middle. NaN of none. */
export function median(values: readonly number[]): number {
  const ascending = [...values].sort((a, b) => a - b);
  const upper = ascending.length >> 1;
  const [low, high] = [ascending[ascending.length - 1 - upper], ascending[upper]];
  return low === undefined || high === undefined ? Number.NaN : (low + high) / 2;
}

/** One point of a series. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * The slope of the line through a series by Theil and Sen: the median of the slopes between all pairs of points. Up to
 * three tenths of the points may be anything, such as a sample taken while garbage was lying about, without moving it
 * far. 0 with fewer than two different x.
 */
export function robustSlope(points: readonly Point[]): number {
  const slopes = points.flatMap((a, index) =>
    points.slice(index + 1).flatMap((b) => (b.x === a.x ? [] : [(b.y - a.y) / (b.x - a.x)])),
  );
  return slopes.length === 0 ? 0 : median(slopes);
}
