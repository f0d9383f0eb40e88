import type { LiveTopics } from '@postbook/service-kit';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ReadMark } from '../live/change.ts';
import { createReadAnnouncer } from './read-announcer.ts';

const mark = (lastReadNumber: number, userId = 'bob'): ReadMark => ({
  kind: 'MessagesRead',
  conversationId: 'c',
  userId,
  lastReadNumber,
  sequence: 1,
});

describe('the announcer of watermarks', () => {
  let told: unknown[];
  const live = {
    publish: async (_topic: string, message: unknown) => void told.push(message),
  } as unknown as LiveTopics;

  beforeEach(() => {
    told = [];
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('tells the first at once and then at most one a second, the furthest', () => {
    const announcer = createReadAnnouncer(live);
    for (const number of [1, 2, 4, 3]) announcer.tell(mark(number));
    expect(told).toEqual([mark(1)]);
    vi.advanceTimersByTime(1_000);
    expect(told).toEqual([mark(1), mark(4)]);
    vi.advanceTimersByTime(5_000);
    announcer.tell(mark(5));
    expect(told).toEqual([mark(1), mark(4), mark(5)]);
  });

  it('holds nobody up for another one', () => {
    const announcer = createReadAnnouncer(live);
    announcer.tell(mark(1));
    announcer.tell(mark(1, 'eve'));
    expect(told).toEqual([mark(1), mark(1, 'eve')]);
  });

  it('tells what it holds before it stops', async () => {
    const announcer = createReadAnnouncer(live);
    announcer.tell(mark(1));
    announcer.tell(mark(2));
    await announcer.stop();
    expect(told).toEqual([mark(1), mark(2)]);
  });
});
