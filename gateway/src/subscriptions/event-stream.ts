import type { FormattedExecutionResult, GraphQLFormattedError } from 'graphql';
import type { SubgraphAnswer } from '../upstream/subgraph-answer.ts';
import type { EventStream } from './subscription-executor.ts';

/** Where an upstream delivers to. */
export interface EventSink {
  next(event: SubgraphAnswer): void;
  /** The upstream can't go on. */
  fail(errors: readonly GraphQLFormattedError[]): void;
  complete(): void;
}

/** Options of {@link createEventStream}. */
export interface EventStreamOptions {
  /** Starts the upstream and returns how to end it, which is called exactly once however the stream ends. */
  readonly open: (sink: EventSink) => () => void;
  /** Makes what the client gets of an event; one at a time, in order. */
  readonly join: (event: SubgraphAnswer) => Promise<FormattedExecutionResult>;
  /** Events that may wait for `join`. */
  readonly maxQueued: number;
  /** What a client that is too slow is told. */
  readonly overflow: () => GraphQLFormattedError;
}

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

/**
 * The events of one upstream as an iterator, written by hand: `return()` of an async generator waits behind a pending
 * `next()`, which on a quiet subscription never comes, so the upstream would stay open after its client has gone.
 */
export function createEventStream({ open, join, maxQueued, overflow }: EventStreamOptions): EventStream {
  const queue: SubgraphAnswer[] = [];
  let end: { readonly errors?: readonly GraphQLFormattedError[] } | undefined;
  let isReturned = false;
  let wake: (() => void) | undefined;
  let closeUpstream: (() => void) | undefined;

  function notify(): void {
    wake?.();
    wake = undefined;
  }

  function finish(how: { readonly errors?: readonly GraphQLFormattedError[] }): void {
    if (end) return;
    end = how;
    closeUpstream?.();
    closeUpstream = undefined;
    notify();
  }

  const sink: EventSink = {
    next(event) {
      if (end) return;
      if (queue.length >= maxQueued) {
        queue.length = 0;
        finish({ errors: [overflow()] });
        return;
      }
      queue.push(event);
      notify();
    },
    fail: (errors) => finish({ errors }),
    complete: () => finish({}),
  };

  const close = open(sink);
  // The upstream may have ended while it was being opened.
  if (end) close();
  else closeUpstream = close;

  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      while (queue.length === 0 && !end) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      const event = isReturned ? undefined : queue.shift();
      if (event) {
        const value = await join(event);
        // The client went, or its session was ended, while the event was being joined: it must not be sent any more.
        return isReturned ? DONE : { done: false, value };
      }
      if (!end?.errors || isReturned) return DONE;
      // Told once, as a last event: an exception would make clients throw the events before it away.
      const { errors } = end;
      end = {};
      return { done: false, value: { data: null, errors } };
    },
    async return() {
      isReturned = true;
      queue.length = 0;
      finish({});
      return DONE;
    },
    async throw(error) {
      await this.return?.();
      throw error;
    },
  };
}
