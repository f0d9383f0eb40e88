import type { FormattedExecutionResult } from 'graphql';
import type { SubscriptionListener } from '../subscriptions/subscription-engine.ts';
import type { EventStream, SubscriptionExecutor } from '../subscriptions/subscription-executor.ts';
import type { SubscriptionRunner } from './subscription-runner.ts';

/** Hands the events of a stream to a listener, until either has enough. */
async function pump(events: EventStream, listener: SubscriptionListener, isStopped: () => boolean): Promise<void> {
  for (;;) {
    const { done, value } = await events.next();
    if (isStopped()) return;
    if (done) return listener.end();
    const { data, errors } = value as FormattedExecutionResult;
    listener.next([Buffer.from(JSON.stringify({ data: data ?? null, ...(errors ? { errors } : {}) }))]);
  }
}

/** Runs subscriptions with an executor that takes texts and gives iterators. */
export const createStockRunner = (executor: SubscriptionExecutor): SubscriptionRunner => ({
  async prepare({ read, variables, context }) {
    return {
      start(listener) {
        const { text: query, operationName } = read;
        const started = executor.subscribe({ query, operationName, variables, context });
        let isStopped = false;
        if ('errors' in started) listener.end(started.errors);
        else pump(started.events, listener, () => isStopped);
        return {
          stop() {
            isStopped = true;
            if ('events' in started) started.events.return?.();
          },
        };
      },
    };
  },
});
