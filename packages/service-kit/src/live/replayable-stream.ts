import type { Logger } from '../logging/logger.ts';
import { createEventWindow } from './event-window.ts';
import type { LiveTopics, Unsubscribe } from './live-topics.ts';

/** What `fromMessage` returns for a message that tells of an event without carrying it: the store is read. */
export const READ_FROM_STORE = Symbol('read the event from the store');

/** Options of {@link createReplayableStream}. */
export interface ReplayableStreamOptions<T> {
  readonly topics: Pick<LiveTopics, 'subscribe'>;
  readonly topic: string;
  /**
   * The event that a live message carries; null when the message is not for this stream; {@link READ_FROM_STORE} when the
   * message carries none. Must not throw.
   */
  readonly fromMessage: (message: unknown) => T | null | typeof READ_FROM_STORE;
  /** The event's number: positive, growing, usually without holes. */
  readonly cursorOf: (event: T) => number;
  /** Up to `limit` events numbered above the cursor, lowest first. Everything committed must be visible to it. */
  readonly readAfter: (cursor: number, limit: number) => Promise<readonly T[]>;
  /** Start after this number. Without it the stream starts at the present head. */
  readonly after?: number | undefined;
  /**
   * The number of the last event in the store. Needed to start without `after`; it also makes looking for a lost last
   * event cheap. Without it a page is read instead.
   */
  readonly headOf?: () => Promise<number>;
  /** How often a lost last event is looked for, in milliseconds. Default 15,000. */
  readonly headCheckMs?: number;
  /** Events held for a slow consumer; more are read from the store when it comes for them. Default 500. */
  readonly maxBuffered?: number;
  /** Events per read of the store. Default 100. */
  readonly pageSize?: number;
  /**
   * Upper bound of a random pause before the store is read after a gap, in milliseconds, so that thousands of streams
   * don't read in the same instant when Redis is back. Default 250.
   */
  readonly gapJitterMs?: number;
  /**
   * Called once, when the store has been read to its end and a `next()` waits for what comes live, with the number of the
   * last event of either.
   */
  readonly onCaughtUp?: ((cursor: number) => void) | undefined;
  readonly log?: Logger;
}

/** A stream that can be ended from outside. */
export interface ReplayableStream<T> extends AsyncIterableIterator<T, undefined> {
  /** Frees everything at once, also while a `next()` waits. */
  return(): Promise<IteratorReturnResult<undefined>>;
  /**
   * Ends the stream with an error, for instance when the viewer was blocked or has left: what is buffered is dropped, as
   * they may no longer see it, and the waiting or next `next()` rejects.
   */
  fail(error: Error): void;
}

const LONGEST_RETRY_MS = 5_000;
const DONE = { done: true, value: undefined } as const;

/**
 * Every event after a cursor, once and in order: first from the store, then live. It attaches to the topic before the
 * first read, so nothing falls between; repeats are dropped; a skipped number, a gap in the subscription, an overflow of
 * the buffer and a lost last event all lead to reading the store again. While the store does not answer it is asked
 * again with growing pauses, for as long as the stream is wanted.
 *
 * Written by hand: an async generator's `return()` waits for the pending `next()`, so a client that leaves a silent
 * stream would keep its subscription for ever.
 */
export function createReplayableStream<T>(options: ReplayableStreamOptions<T>): ReplayableStream<T> {
  if (options.after === undefined && !options.headOf) throw new TypeError('a stream without `after` needs `headOf`');
  const { readAfter, headOf, pageSize = 100, maxBuffered = 500, log } = options;
  const window = createEventWindow<T>({ cursorOf: options.cursorOf, capacity: maxBuffered });
  const waiting: PromiseWithResolvers<IteratorResult<T, undefined>>[] = [];
  const timers = new Set<NodeJS.Timeout>();
  let hasEnded = false;
  /** The error of `fail` until a `next()` has reported it. */
  let unreported: Error | undefined;
  let unsubscribe: Unsubscribe | undefined;
  let isReading = false;
  let readFailures = 0;
  /** The head up to which the store has been asked: events hidden from the viewer leave the window below it for good. */
  let askedHead = 0;
  let isCaughtUpTold = false;

  const later = (milliseconds: number, work: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      work();
    }, milliseconds);
    timer.unref();
    timers.add(timer);
  };

  /** Pauses that grow, for a store that doesn't answer. */
  const retryPause = (failures: number) =>
    Math.min(100 * 2 ** Math.min(failures, 8), LONGEST_RETRY_MS) * (0.5 + Math.random() / 2);

  function end(): void {
    hasEnded = true;
    for (const timer of timers) clearTimeout(timer);
    timers.clear();
    unsubscribe?.();
    window.clear();
    for (const waiter of waiting.splice(0)) waiter.resolve(DONE);
  }

  function fail(error: Error): void {
    if (hasEnded) return;
    const first = waiting.shift();
    if (first) first.reject(error);
    else unreported = error;
    end();
  }

  function deliver(): void {
    while (waiting.length > 0) {
      const event = window.take();
      if (!event) return;
      waiting.shift()?.resolve({ done: false, value: event.value });
    }
  }

  function tellCaughtUp(): void {
    if (isCaughtUpTold || hasEnded || waiting.length === 0 || !window.isCaughtUp) return;
    isCaughtUpTold = true;
    options.onCaughtUp?.(window.last);
  }

  function advance(): void {
    deliver();
    void read();
    tellCaughtUp();
  }

  /** Reads the store until the window is full or holds all there is. One at a time; never rejects. */
  async function read(): Promise<void> {
    if (isReading) return;
    isReading = true;
    while (!hasEnded && window.wantsRead) {
      const limit = Math.min(pageSize, window.room);
      const reading = window.beginRead();
      try {
        const page = await readAfter(reading.after, limit);
        if (hasEnded) return;
        reading.finish(page, page.length < limit);
        readFailures = 0;
      } catch (error) {
        readFailures += 1;
        if (readFailures === 1)
          log?.warn({ err: error, topic: options.topic }, 'a live stream cannot read its store; trying again');
        await new Promise<void>((resolve) => later(retryPause(readFailures), resolve));
      }
      deliver();
    }
    isReading = false;
    tellCaughtUp();
  }

  async function checkHead(): Promise<void> {
    try {
      const head = headOf ? await headOf() : undefined;
      if (hasEnded) return;
      if (head === undefined || head > Math.max(window.last, askedHead)) {
        askedHead = head ?? 0;
        window.fallBehind();
        advance();
      }
    } catch (error) {
      log?.debug({ err: error, topic: options.topic }, 'a head check failed');
    }
    if (!hasEnded) scheduleHeadCheck();
  }

  function scheduleHeadCheck(): void {
    // Spread, as streams tend to begin together.
    later((options.headCheckMs ?? 15_000) * (0.75 + Math.random() / 2), () => void checkHead());
  }

  const listener = {
    onMessage(message: unknown) {
      if (hasEnded) return;
      const event = options.fromMessage(message);
      if (event === null) return;
      if (event === READ_FROM_STORE) window.fallBehind();
      else window.offer(event);
      advance();
    },
    onGap() {
      if (hasEnded) return;
      later(Math.random() * (options.gapJitterMs ?? 250), () => {
        window.fallBehind();
        advance();
      });
    },
  };

  /** The number to start after. A cursor beyond the head comes from a store that was set back: start at its head. */
  async function start(): Promise<number> {
    for (let failures = 1; ; failures += 1) {
      try {
        const head = await headOf?.();
        if (options.after === undefined) return head ?? 0;
        return head === undefined ? options.after : Math.min(options.after, head);
      } catch (error) {
        if (failures === 1)
          log?.warn({ err: error, topic: options.topic }, 'a live stream cannot read its head; trying again');
        await new Promise<void>((resolve) => later(retryPause(failures), resolve));
      }
    }
  }

  async function open(): Promise<void> {
    const detach = await options.topics.subscribe(options.topic, listener);
    if (hasEnded) return detach();
    unsubscribe = detach;
    const after = await start();
    if (hasEnded) return;
    window.open(after);
    scheduleHeadCheck();
    advance();
  }

  open().catch((error: unknown) => fail(error instanceof Error ? error : new Error(String(error))));

  return {
    [Symbol.asyncIterator]() {
      return this;
    },

    next() {
      if (unreported) {
        const error = unreported;
        unreported = undefined;
        return Promise.reject(error);
      }
      if (hasEnded) return Promise.resolve(DONE);
      const waiter = Promise.withResolvers<IteratorResult<T, undefined>>();
      waiting.push(waiter);
      advance();
      return waiter.promise;
    },

    return() {
      if (!hasEnded) end();
      unreported = undefined;
      return Promise.resolve(DONE);
    },

    fail,
  };
}
