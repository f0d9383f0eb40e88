import type { Component, LiveTopics } from '@postbook/service-kit';
import type { ReadMark } from '../live/change.ts';
import { announce } from '../live/conversation-topic.ts';

/** How often others are told where one person has read to, in milliseconds, per conversation. */
const EVERY_MS = 1_000;

interface Pending {
  readonly timer: NodeJS.Timeout;
  /** What came since the last time others were told. */
  next: ReadMark | undefined;
}

/**
 * Tells the others live where somebody has read to: at once, then at most once a second with the furthest mark, as a
 * client that scrolls moves its watermark many times a second and each move would go to every member.
 */
export function createReadAnnouncer(live: LiveTopics): Component & { tell(mark: ReadMark): void } {
  const pending = new Map<string, Pending>();

  function send(key: string, mark: ReadMark): void {
    const timer = setTimeout(() => {
      const { next } = pending.get(key) ?? {};
      pending.delete(key);
      if (next) send(key, next);
    }, EVERY_MS);
    timer.unref();
    pending.set(key, { timer, next: undefined });
    void announce(live, mark.conversationId, mark);
  }

  return {
    name: 'read announcer',
    start: async () => undefined,
    tell(mark) {
      const key = `${mark.conversationId}:${mark.userId}`;
      const waiting = pending.get(key);
      if (!waiting) send(key, mark);
      else if (!waiting.next || waiting.next.lastReadNumber < mark.lastReadNumber) waiting.next = mark;
    },
    async stop() {
      for (const { timer, next } of pending.values()) {
        clearTimeout(timer);
        if (next) void announce(live, next.conversationId, next);
      }
      pending.clear();
    },
  };
}
