import type { LiveTopics, TopicListener } from '../../src/index.ts';

/** A topic whose deliveries a test decides. */
export const createFakeTopic = () => {
  const listeners = new Set<TopicListener>();
  let gate: Promise<void> = Promise.resolve();
  return {
    get listeners() {
      return listeners.size;
    },
    /** Confirms later subscriptions only when the promise resolves. */
    delaySubscriptions(until: Promise<void>) {
      gate = until;
    },
    send(message: unknown) {
      for (const listener of [...listeners]) listener.onMessage(message);
    },
    gap() {
      for (const listener of [...listeners]) listener.onGap();
    },
    async subscribe(_topic, listener) {
      await gate;
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  } satisfies Pick<LiveTopics, 'subscribe'> & Record<string, unknown>;
};
