import { setTimeout as delay, setImmediate } from 'node:timers/promises';

type Falsy = false | 0 | '' | null | undefined;

/** Resolves as soon as the condition holds; rejects with what it was last after 20 s. */
export async function until<T>(condition: () => T | Promise<T>, timeoutMs = 20_000): Promise<Exclude<T, Falsy>> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const value = await condition();
    if (value) return value as Exclude<T, Falsy>;
    if (Date.now() > deadline)
      throw new Error(`not within ${timeoutMs} ms: ${condition}; last value: ${String(value)}`);
    await delay(5);
  }
}

/** Lets everything that is ready to run do so. */
export async function settle(rounds = 20): Promise<void> {
  for (let round = 0; round < rounds; round += 1) await setImmediate();
}
