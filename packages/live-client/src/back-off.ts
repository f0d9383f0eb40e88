/** How long to wait before trying again. */
export interface BackOff {
  /** Milliseconds before the first retry, at the most. Default 500. */
  readonly firstMs?: number;
  /** Milliseconds that no wait exceeds. Default 30,000. */
  readonly maxMs?: number;
}

/**
 * Milliseconds to wait before retry number `attempt` (0 is the first). Anything between nothing and a limit that doubles:
 * clients that were cut off together must not come back together.
 */
export function waitBefore(attempt: number, { firstMs = 500, maxMs = 30_000 }: BackOff = {}): number {
  return Math.random() * Math.min(maxMs, firstMs * 2 ** Math.min(attempt, 30));
}
