import { preciseNow } from '../chat-graph/room.ts';
import { percentile } from '../report/statistics.ts';

/** What came of one round. */
export interface RoundResult {
  /** From the first message's sending to the last receipt. */
  readonly elapsedMs: number;
  /** From a message's sending to its receipt, over all subscribers. */
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Events on their way to an audience. */
export interface DeliveryRound {
  /** Events that haven't come. */
  readonly left: number;
  /** Why it can't succeed any more. */
  readonly failure: string | undefined;
  /** An event that was sent then has come now. */
  record(sentAt: number): void;
  /** Only the first reason counts. */
  fail(why: string): void;
  /** Resolves when all have come. @throws Error when it failed, or when events don't come in time. */
  settled(withinMs: number): Promise<RoundResult>;
}

/** Makes a round of so many events. */
export function createDeliveryRound(events: number): DeliveryRound {
  const delays = new Float64Array(events);
  const result = Promise.withResolvers<RoundResult>();
  result.promise.catch(() => undefined);
  let left = events;
  let firstSentAt = Number.POSITIVE_INFINITY;
  let failure: string | undefined;

  function finish(): void {
    const elapsedMs = preciseNow() - firstSentAt;
    delays.sort();
    result.resolve({ elapsedMs, p50Ms: percentile(delays, 0.5), p99Ms: percentile(delays, 0.99) });
  }

  function fail(why: string): void {
    failure ??= why;
    result.reject(new Error(why));
  }

  if (events === 0) finish();
  return {
    fail,
    get failure() {
      return failure;
    },
    get left() {
      return left;
    },
    record(sentAt) {
      firstSentAt = Math.min(firstSentAt, sentAt);
      left -= 1;
      delays[left] = preciseNow() - sentAt;
      if (left === 0) finish();
    },
    async settled(withinMs) {
      const deadline = setTimeout(() => fail(`${left} events didn't come within ${withinMs / 1000} s`), withinMs);
      return result.promise.finally(() => clearTimeout(deadline));
    },
  };
}
