const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 5 * 60_000;

/** Milliseconds to wait after try number `attempt` failed: 1 s, 2 s, 4 s … at most 5 min. */
export const retryDelayMs = (attempt: number): number =>
  Math.min(FIRST_DELAY_MS * 2 ** Math.min(Math.max(attempt, 1) - 1, 20), LONGEST_DELAY_MS);
