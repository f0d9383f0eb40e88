import type { AppError } from '../errors/app-error.ts';
import type { AccessWatch } from './access-watch.ts';
import type { LiveNotice } from './live-protocol.ts';
import { type CaughtUp, caughtUp, type LiveStream } from './live-stream.ts';
import type { ReplayableStream } from './replayable-stream.ts';

/** Options of {@link attachToTopic}. */
export interface AttachOptions<T> {
  /** Opens the viewer's replay. It calls back once it waits for what comes live. */
  readonly replay: (onCaughtUp: (position: number) => void) => ReplayableStream<T>;
  /** Begins to watch over the viewer's access, for as long as the stream lives after its replay. */
  readonly watch: (onRefused: (error: AppError) => void) => AccessWatch;
  readonly livePosition: (event: T) => number;
  /** What the gateway is told at the end of the replay. */
  readonly noticeAt: (position: number) => LiveNotice & { readonly topic: string; readonly cursor: string };
}

type Result<T> = IteratorResult<T | CaughtUp, undefined>;

const DONE = { done: true, value: undefined } as const;

/**
 * A viewer's way into a topic: what is behind their cursor, then a mark that they have caught up, then silence until they
 * may no longer listen, which fails the stream. The replay goes on until the watch is in place, so that there is no moment
 * in which a lost right would go unnoticed.
 */
export function attachToTopic<T>(options: AttachOptions<T>): LiveStream<T> {
  let phase: 'replaying' | 'watching' | 'ended' = 'replaying';
  let position = 0;
  let isWatched = false;
  let watch: AccessWatch | undefined;
  let waiting: PromiseWithResolvers<Result<T>> | undefined;
  let unreported: Error | undefined;
  const replay = options.replay(caughtUpAt);

  function settle(result: Result<T>): void {
    const waiter = waiting;
    waiting = undefined;
    waiter?.resolve(result);
  }

  function end(error?: Error): void {
    if (phase === 'ended') return;
    phase = 'ended';
    watch?.stop();
    void replay.return();
    const waiter = waiting;
    waiting = undefined;
    if (!error) waiter?.resolve(DONE);
    else if (waiter) waiter.reject(error);
    else unreported = error;
  }

  function caughtUpAt(reached: number): void {
    position = Math.max(position, reached);
    watch = options.watch(end);
    watch.ready.then(() => {
      isWatched = true;
      if (waiting) leaveReplay();
    }, end);
  }

  /** What the replay holds beyond the position told here comes from the topic. */
  function leaveReplay(): void {
    if (phase !== 'replaying') return;
    phase = 'watching';
    void replay.return();
    settle({ done: false, value: caughtUp(options.noticeAt(position)) });
  }

  async function readReplay(): Promise<void> {
    try {
      const result = await replay.next();
      if (phase !== 'replaying') return;
      if (result.done) return end();
      position = Math.max(position, options.livePosition(result.value));
      settle(result);
    } catch (error) {
      end(error as Error);
    }
  }

  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    livePosition: options.livePosition,
    next() {
      if (unreported) {
        const error = unreported;
        unreported = undefined;
        return Promise.reject(error);
      }
      if (phase === 'ended') return Promise.resolve(DONE);
      if (waiting) throw new Error('one next() at a time');
      waiting = Promise.withResolvers();
      const { promise } = waiting;
      if (phase === 'replaying') {
        if (isWatched) leaveReplay();
        else void readReplay();
      }
      return promise;
    },
    return() {
      end();
      unreported = undefined;
      return Promise.resolve(DONE);
    },
  };
}
