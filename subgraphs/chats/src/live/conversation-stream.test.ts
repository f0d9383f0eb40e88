import { ForbiddenError, type LiveTopics, silentLogger, type TopicListener } from '@postbook/service-kit';
import { describe, expect, it } from 'vitest';
import type { Change, ReadMark } from './change.ts';
import { createConversationStream } from './conversation-stream.ts';
import type { TopicMessage } from './conversation-topic.ts';

const conversationId = 'f'.repeat(24);
const message = (sequence: number): Change => ({
  kind: 'MessageSent',
  conversationId,
  sequence,
  messageId: `${sequence}`,
});
const mark = (userId: string, lastReadNumber: number, sequence: number): ReadMark => ({
  kind: 'MessagesRead',
  conversationId,
  userId,
  lastReadNumber,
  sequence,
});

/** A stream over a store and a topic in memory. */
function open(options: { after?: number; stored?: Change[] } = {}) {
  const stored = options.stored ?? [];
  const listeners = new Set<TopicListener>();
  let refusal: Error | undefined;
  const topics: Pick<LiveTopics, 'subscribe'> = {
    async subscribe(_topic, listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  const stream = createConversationStream({
    topics,
    conversationId,
    viewerId: 'ada',
    after: options.after ?? 0,
    readAfter: async (sequence, limit) => stored.filter((change) => change.sequence > sequence).slice(0, limit),
    head: async () => {
      if (refusal) throw refusal;
      return stored.at(-1)?.sequence ?? 0;
    },
    headCheckMs: 60_000,
    log: silentLogger,
  });
  const tell = (told: TopicMessage) => {
    for (const listener of listeners) listener.onMessage({ ...told });
  };
  const commit = (change: Change) => {
    stored.push(change);
    tell(change);
  };
  const take = async (count: number) => {
    const taken: (readonly [string, number])[] = [];
    while (taken.length < count) {
      const { value } = await stream.next();
      if (!value) break;
      const { event, sequence } = value;
      taken.push([
        event.kind === 'MessagesRead' ? `${event.userId} read ${event.lastReadNumber}` : event.kind,
        sequence,
      ]);
    }
    return taken;
  };
  return { stream, tell, commit, take, listeners, refuse: (error: Error) => (refusal = error) };
}

describe('a conversation’s stream', () => {
  it('tells changes from the store, then live ones', async () => {
    const { take, commit } = open({ after: 1, stored: [message(1), message(2), message(3)] });
    expect(await take(2)).toEqual([
      ['MessageSent', 2],
      ['MessageSent', 3],
    ]);
    commit(message(4));
    expect(await take(1)).toEqual([['MessageSent', 4]]);
  });

  it('tells a watermark after the changes that its reader had seen, under the last one’s sequence', async () => {
    const { take, tell, commit } = open({ stored: [message(1)] });
    expect(await take(1)).toEqual([['MessageSent', 1]]);
    tell(mark('bob', 2, 2));
    tell(mark('eve', 1, 1));
    commit(message(2));
    const told = await take(3);
    expect(told.filter(([what]) => what === 'bob read 2')).toEqual([['bob read 2', 2]]);
    expect(told.findIndex(([what]) => what === 'bob read 2')).toBeGreaterThan(
      told.findIndex(([what]) => what === 'MessageSent'),
    );
  });

  it('tells of several watermarks of one person that wait only the last', async () => {
    const { take, tell } = open({ stored: [message(1)] });
    await take(1);
    for (let number = 1; number <= 5; number += 1) tell(mark('bob', number, 1));
    tell(mark('eve', 9, 1));
    expect(await take(2)).toEqual([
      ['bob read 5', 1],
      ['eve read 9', 1],
    ]);
  });

  it('fails a waiting listener as soon as access is gone, and drops what was held', async () => {
    const { stream, take, tell, refuse, listeners } = open({ stored: [message(1)] });
    await take(1);
    const next = stream.next();
    refuse(new ForbiddenError('no longer'));
    tell({ kind: 'AccessChanged' });
    await expect(next).rejects.toThrow('no longer');
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    expect(listeners.size).toBe(0);
  });

  it('fails a listener that is busy at its next step', async () => {
    const { stream, take, tell, refuse, commit } = open({ stored: [message(1)] });
    await take(1);
    commit(message(2));
    refuse(new ForbiddenError('no longer'));
    tell({ kind: 'MemberLeft', conversationId, sequence: 3, userId: 'ada' });
    await new Promise(setImmediate);
    await expect(stream.next()).rejects.toThrow('no longer');
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  it('ends at once when the listener goes, also while nothing happens', async () => {
    const { stream, take, listeners } = open({ stored: [message(1)] });
    await take(1);
    const next = stream.next();
    await stream.return();
    expect(await next).toEqual({ done: true, value: undefined });
    expect(listeners.size).toBe(0);
  });

  it('passes over what a newer build may send', async () => {
    const { take, tell, commit } = open({ stored: [message(1)] });
    await take(1);
    tell({ kind: 'Unheard' } as unknown as TopicMessage);
    commit(message(2));
    expect(await take(1)).toEqual([['MessageSent', 2]]);
  });
});
