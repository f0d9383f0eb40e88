import type { FormattedExecutionResult } from 'graphql';
import type { SubscriptionListener } from './subscription-engine.ts';
import type { EventStream } from './subscription-executor.ts';

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** Turns an engine's deliveries into the iterator that graphql-ws wants. `stop` frees the subscription. */
export function createListenerStream(start: (listener: SubscriptionListener) => { stop(): void }): EventStream {
  const results: FormattedExecutionResult[] = [];
  let isOver = false;
  let wake: (() => void) | undefined;
  const notify = () => {
    wake?.();
    wake = undefined;
  };
  const { stop } = start({
    next(payloads) {
      for (const payload of payloads) results.push(JSON.parse(payload.toString()));
      notify();
    },
    end(errors) {
      if (errors) results.push({ data: null, errors });
      isOver = true;
      notify();
    },
  });
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      while (results.length === 0 && !isOver) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      const value = results.shift();
      return value ? { done: false, value } : DONE;
    },
    async return() {
      stop();
      results.length = 0;
      isOver = true;
      notify();
      return DONE;
    },
    async throw(error) {
      await this.return?.();
      throw error;
    },
  };
}
