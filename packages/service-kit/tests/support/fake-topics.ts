import type { LiveTopics, TopicListener } from '../../src/index.ts';

/** Live topics within one process. */
export function createFakeTopics(): LiveTopics {
  const listeners = new Map<string, Set<TopicListener>>();
  return {
    name: 'fake topics',
    start: async () => undefined,
    stop: async () => undefined,
    async publish(topic, message) {
      for (const listener of listeners.get(topic) ?? []) listener.onMessage(message);
    },
    async subscribe(topic, listener) {
      const ofTopic = listeners.get(topic) ?? new Set();
      listeners.set(topic, ofTopic.add(listener));
      return () => void ofTopic.delete(listener);
    },
  };
}
