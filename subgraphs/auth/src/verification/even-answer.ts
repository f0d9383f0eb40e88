import { setTimeout as delay } from 'node:timers/promises';

/** How long answers that must not tell anything take at least, in milliseconds: longer than either way needs. */
export const EVEN_ANSWER_MS = 60;

/**
 * Does the work and answers no earlier than after `ms`, also when it fails. For answers that are the same whether or not
 * an account exists, while the work is not: the time must not say what the words don't.
 */
export async function answerEvenly<T>(work: () => Promise<T>, ms: number = EVEN_ANSWER_MS): Promise<T> {
  const [result] = await Promise.allSettled([work(), delay(ms)]);
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}
