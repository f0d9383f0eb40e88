import type { FormattedExecutionResult, Sink } from 'graphql-ws/client';

/** A result as graphql-ws hands it over. */
export type Result = FormattedExecutionResult<Record<string, unknown>, unknown>;

/** Results of a subscription for `for await`. Written by hand, as `return()` of a generator waits for the next event. */
export function iterateResults(subscribe: (sink: Sink<Result>) => () => void): AsyncIterableIterator<Result> {
  const queue: Result[] = [];
  let end: { readonly error?: unknown } | undefined;
  let wake = () => {};
  const finish = (how: { readonly error?: unknown }) => {
    end ??= how;
    wake();
  };
  const unsubscribe = subscribe({
    next(result) {
      queue.push(result);
      wake();
    },
    error: (error) => finish({ error }),
    complete: () => finish({}),
  });

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
      const value = queue.shift();
      if (value) return { done: false, value };
      if (end && 'error' in end) {
        const { error } = end;
        end = {};
        throw error;
      }
      return { done: true, value: undefined };
    },
    async return() {
      queue.length = 0;
      finish({});
      unsubscribe();
      return { done: true, value: undefined };
    },
  };
}
