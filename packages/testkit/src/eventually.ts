import { setTimeout as pause } from 'node:timers/promises';

/** How long {@link eventually} waits, in milliseconds, and how often it looks. */
export interface EventuallyOptions {
  /** Default 30,000. */
  readonly timeoutMs?: number;
  /** Default 20. */
  readonly everyMs?: number;
}

/**
 * Waits until the check passes: it returns something other than undefined, null or false without throwing. For what
 * offers no event to await.
 *
 * @throws the check's last error, or one that says it never passed.
 */
export async function eventually<T>(
  check: () => Promise<T> | T,
  options: EventuallyOptions = {},
): Promise<NonNullable<Exclude<T, false>>> {
  const deadline = performance.now() + (options.timeoutMs ?? 30_000);
  let failure: unknown;
  for (;;) {
    try {
      const value = await check();
      if (value !== undefined && value !== null && value !== false) return value as NonNullable<Exclude<T, false>>;
      failure = undefined;
    } catch (error) {
      failure = error;
    }
    if (performance.now() > deadline) {
      throw failure ?? new Error(`the condition did not come true within ${options.timeoutMs ?? 30_000} ms: ${check}`);
    }
    await pause(options.everyMs ?? 20);
  }
}
