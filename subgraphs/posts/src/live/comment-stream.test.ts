import {
  ForbiddenError,
  type LiveTopics,
  RetryLaterError,
  silentLogger,
  type TopicListener,
} from '@postbook/service-kit';
import { describe, expect, it } from 'vitest';
import type { CommentView } from '../comment/comment.ts';
import { type CommentRef, createCommentStream } from './comment-stream.ts';
import type { TopicMessage } from './comment-topic.ts';

const ref = (sequence: number): CommentRef => ({ sequence, commentId: `${sequence}` });

/** A stream over a store and a topic in memory. @param hidden comments that the viewer doesn't see. */
function open(options: { after?: number; stored?: number; hidden?: readonly number[] } = {}) {
  const stored = Array.from({ length: options.stored ?? 0 }, (_, n) => ref(n + 1));
  const listeners = new Set<TopicListener>();
  let refusal: Error | undefined;
  let failures = 0;
  const topics: Pick<LiveTopics, 'subscribe'> = {
    async subscribe(_topic, listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  const check = () => {
    if (refusal) throw refusal;
  };
  const stream = createCommentStream({
    topics,
    postId: 'f'.repeat(24),
    after: options.after ?? 0,
    readAfter: async (sequence, limit) => stored.filter((one) => one.sequence > sequence).slice(0, limit),
    async head() {
      check();
      return stored.length;
    },
    async show(commentId) {
      check();
      if (failures > 0) {
        failures -= 1;
        throw new RetryLaterError('the store is away');
      }
      return options.hidden?.includes(Number(commentId)) ? null : ({ comment: { id: commentId } } as CommentView);
    },
    headCheckMs: 60_000,
    log: silentLogger,
  });
  const tell = (message: TopicMessage) => {
    for (const listener of listeners) listener.onMessage({ ...message });
  };
  return {
    stream,
    listeners,
    tell,
    write() {
      const added = ref(stored.length + 1);
      stored.push(added);
      tell({ kind: 'CommentAdded', ...added });
    },
    refuse: () => {
      refusal = new ForbiddenError('no more');
    },
    failShow: (times: number) => {
      failures = times;
    },
    async take(count: number) {
      const taken: number[] = [];
      while (taken.length < count) {
        const { value } = await stream.next();
        if (!value) break;
        taken.push(value.sequence);
      }
      return taken;
    },
  };
}

describe('a stream of comments', () => {
  it('begins after its cursor, goes on live and tells each once', async () => {
    const { stream, take, tell, write } = open({ after: 2, stored: 4 });
    expect(await take(2)).toEqual([3, 4]);
    write();
    tell({ kind: 'CommentAdded', sequence: 5, commentId: '5' });
    write();
    expect(await take(2)).toEqual([5, 6]);
    await stream.return();
  });

  it('leaves out what the viewer doesn’t see, from the store and live', async () => {
    const { stream, take, write } = open({ stored: 4, hidden: [2, 4, 5] });
    expect(await take(2)).toEqual([1, 3]);
    write();
    write();
    expect(await take(1)).toEqual([6]);
    await stream.return();
  });

  it('asks again for a comment while the store is away', async () => {
    const { failShow, stream, take } = open({ stored: 1 });
    failShow(2);
    expect(await take(1)).toEqual([1]);
    await stream.return();
  });

  it('ends as soon as the topic says that the viewer may no longer listen, and drops what it holds', async () => {
    const { listeners, refuse, stream, take, tell, write } = open({ stored: 1 });
    expect(await take(1)).toEqual([1]);
    refuse();
    write();
    tell({ kind: 'AccessChanged' });
    await expect(stream.next()).rejects.toThrow(ForbiddenError);
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    expect(listeners.size).toBe(0);
  });

  it('ends before a comment that the viewer may no longer see, also when nobody said so', async () => {
    const { refuse, stream, take, write } = open({ stored: 1 });
    expect(await take(1)).toEqual([1]);
    const next = stream.next();
    refuse();
    write();
    await expect(next).rejects.toThrow(ForbiddenError);
  });

  it('frees its subscription at once when the listener leaves', async () => {
    const { listeners, stream, take } = open({ stored: 1 });
    expect(await take(1)).toEqual([1]);
    const next = stream.next();
    await stream.return();
    expect(await next).toEqual({ done: true, value: undefined });
    expect(listeners.size).toBe(0);
  });

  it('passes over messages of newer builds', async () => {
    const { stream, take, tell, write } = open();
    const next = take(1);
    tell({ kind: 'Sparkles' } as unknown as TopicMessage);
    write();
    expect(await next).toEqual([1]);
    await stream.return();
  });
});
