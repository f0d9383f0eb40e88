import { afterEach, describe, expect, it } from 'vitest';
import {
  createReplayableStream,
  READ_FROM_STORE,
  type ReplayableStream,
  type ReplayableStreamOptions,
} from '../../src/index.ts';
import { settle, until } from '../support/until.ts';
import { createFakeTopic } from './fake-topic.ts';

interface Event {
  readonly number: number;
}

/** A store of numbered events with a live topic. */
const createWorld = () => {
  const topic = createFakeTopic();
  const stored: Event[] = [];
  const reads: number[] = [];
  const streams: ReplayableStream<Event>[] = [];
  const world = {
    topic,
    reads,
    failReads: false,
    commit(count = 1): Event[] {
      const events = Array.from({ length: count }, (_, index) => ({ number: stored.length + 1 + index }));
      stored.push(...events);
      return events;
    },
    commitAndSend(count = 1) {
      for (const event of world.commit(count)) topic.send(event);
    },
    open(options: Partial<ReplayableStreamOptions<Event>> = {}) {
      const stream = createReplayableStream<Event>({
        topics: topic,
        topic: 'conversation:1',
        fromMessage: (message) => (message === 'poke' ? READ_FROM_STORE : (message as Event | null)),
        cursorOf: (event) => event.number,
        readAfter: async (cursor, limit) => {
          reads.push(cursor);
          if (world.failReads) throw new Error('the store is away');
          return stored.filter((event) => event.number > cursor).slice(0, limit);
        },
        headOf: async () => stored.length,
        gapJitterMs: 0,
        ...options,
      });
      streams.push(stream);
      return stream;
    },
    closeAll: () => Promise.all(streams.map((stream) => stream.return())),
  };
  return world;
};

const take = async (stream: ReplayableStream<Event>, count: number): Promise<number[]> => {
  const numbers: number[] = [];
  while (numbers.length < count) {
    const next = await stream.next();
    if (next.done) break;
    numbers.push(next.value.number);
  }
  return numbers;
};
const upTo = (count: number, from = 1) => Array.from({ length: count - from + 1 }, (_, index) => from + index);

describe('a replayable stream', () => {
  let world = createWorld();
  afterEach(async () => {
    await world.closeAll();
    world = createWorld();
  });

  it('replays what is stored after the cursor, then goes on live', async () => {
    world.commit(5);
    const stream = world.open({ after: 2 });
    expect(await take(stream, 3)).toEqual([3, 4, 5]);
    world.commitAndSend(2);
    expect(await take(stream, 2)).toEqual([6, 7]);
  });

  it('starts at the present head without a cursor', async () => {
    world.commit(5);
    const stream = world.open();
    await settle();
    world.commitAndSend();
    expect(await take(stream, 1)).toEqual([6]);
  });

  it('is refused when it has neither cursor nor head', () => {
    expect(() =>
      createReplayableStream<Event>({
        topics: world.topic,
        topic: 't',
        fromMessage: () => null,
        cursorOf: () => 1,
        readAfter: async () => [],
      }),
    ).toThrow(TypeError);
  });

  it('attaches to the topic before it reads the store', async () => {
    const gate = Promise.withResolvers<void>();
    world.topic.delaySubscriptions(gate.promise);
    const stream = world.open({ after: 0 });
    await settle();
    expect(world.reads).toEqual([]);
    gate.resolve();
    world.commit(1);
    expect(await take(stream, 1)).toEqual([1]);
  });

  it('reads the store in bounded pages', async () => {
    world.commit(25);
    const stream = world.open({ after: 0, pageSize: 10 });
    expect(await take(stream, 25)).toEqual(upTo(25));
    expect(world.reads).toEqual([0, 10, 20]);
  });

  it('delivers an event once that comes from the store and live', async () => {
    const events = world.commit(3);
    const stream = world.open({ after: 0 });
    for (const event of events) world.topic.send(event);
    await settle();
    for (const event of events) world.topic.send(event);
    world.commitAndSend();
    expect(await take(stream, 4)).toEqual([1, 2, 3, 4]);
  });

  it('fills a hole from the store when a number is skipped', async () => {
    const stream = world.open({ after: 0 });
    await settle();
    world.commit(2);
    world.commitAndSend();
    expect(await take(stream, 3)).toEqual([1, 2, 3]);
  });

  it('puts live events in order', async () => {
    const stream = world.open({ after: 0 });
    await settle();
    const [first, second] = world.commit(2);
    world.topic.send(second ?? null);
    world.topic.send(first ?? null);
    expect(await take(stream, 2)).toEqual([1, 2]);
  });

  it('ignores messages that are not for it', async () => {
    const stream = world.open({ after: 0 });
    await settle();
    world.topic.send(null);
    world.commitAndSend();
    expect(await take(stream, 1)).toEqual([1]);
  });

  it('reads the store when a message tells of an event without carrying it', async () => {
    const stream = world.open({ after: 0 });
    await settle();
    world.commit(2);
    world.topic.send('poke');
    expect(await take(stream, 2)).toEqual([1, 2]);
  });

  it('reads the store after a gap in the subscription', async () => {
    const stream = world.open({ after: 0 });
    await settle();
    world.commit(3);
    world.topic.gap();
    expect(await take(stream, 3)).toEqual([1, 2, 3]);
  });

  it('finds a lost last event by comparing heads', async () => {
    const stream = world.open({ after: 0, headCheckMs: 20 });
    await settle();
    world.commit(1);
    expect(await take(stream, 1)).toEqual([1]);
  });

  it('finds a lost last event also without a head to compare', async () => {
    const stream = createReplayableStream<Event>({
      topics: world.topic,
      topic: 't',
      after: 0,
      headCheckMs: 20,
      fromMessage: () => null,
      cursorOf: (event) => event.number,
      readAfter: async (cursor) => (cursor === 0 && world.reads.push(0) > 2 ? [{ number: 1 }] : []),
    });
    expect(await take(stream, 1)).toEqual([1]);
    await stream.return();
  });

  it('asks the store once for a head whose events are hidden from it', async () => {
    let heads = 0;
    const stream = world.open({
      after: 0,
      headCheckMs: 5,
      headOf: async () => {
        heads += 1;
        return 7;
      },
    });
    await until(() => heads > 5);
    expect(world.reads.length).toBeLessThanOrEqual(2);
    await stream.return();
  });

  it('holds no more than its buffer for a slow consumer, and misses nothing', async () => {
    const stream = world.open({ after: 0, maxBuffered: 10, pageSize: 4 });
    await settle();
    world.commitAndSend(1_000);
    expect(await take(stream, 1_000)).toEqual(upTo(1_000));
  });

  it('asks again while the store does not answer', async () => {
    world.failReads = true;
    world.commit(2);
    const stream = world.open({ after: 0 });
    const events = take(stream, 2);
    await until(() => world.reads.length >= 2);
    world.failReads = false;
    expect(await events).toEqual([1, 2]);
  });

  it('does not knock on a dead store with every live message', async () => {
    const stream = world.open({ after: 0 });
    await settle();
    world.failReads = true;
    const before = world.reads.length;
    world.commit(1);
    for (let index = 0; index < 100; index += 1) world.commitAndSend();
    await settle();
    expect(world.reads.length - before).toBeLessThanOrEqual(2);
    world.failReads = false;
    expect(await take(stream, 101)).toEqual(upTo(101));
  });

  it('starts at the head when the cursor is beyond it, as after a restore', async () => {
    world.commit(2);
    const stream = world.open({ after: 90 });
    await settle();
    world.commitAndSend();
    expect(await take(stream, 1)).toEqual([3]);
  });

  it('answers several waiting calls in order', async () => {
    const stream = world.open({ after: 0 });
    const calls = [stream.next(), stream.next(), stream.next()];
    await settle();
    world.commitAndSend(3);
    expect((await Promise.all(calls)).map((call) => call.value?.number)).toEqual([1, 2, 3]);
  });

  it('frees everything at a return, also while a call waits', async () => {
    const stream = world.open({ after: 0 });
    await settle();
    const waiting = stream.next();
    await stream.return();
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(world.topic.listeners).toBe(0);
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  it('frees the subscription when it is returned before that was confirmed', async () => {
    const gate = Promise.withResolvers<void>();
    world.topic.delaySubscriptions(gate.promise);
    const stream = world.open({ after: 0 });
    await stream.return();
    gate.resolve();
    await settle();
    expect(world.topic.listeners).toBe(0);
    expect(world.reads).toEqual([]);
  });

  it('ends with an error from outside and drops what the viewer may no longer see', async () => {
    world.commit(3);
    const stream = world.open({ after: 0 });
    await settle();
    stream.fail(new Error('blocked'));
    await expect(stream.next()).rejects.toThrow('blocked');
    expect(await stream.next()).toEqual({ done: true, value: undefined });
    expect(world.topic.listeners).toBe(0);
  });

  it('rejects the waiting call at an error from outside', async () => {
    const stream = world.open({ after: 0 });
    const [first, second] = [stream.next(), stream.next()];
    await settle();
    stream.fail(new Error('left'));
    await expect(first).rejects.toThrow('left');
    expect(await second).toEqual({ done: true, value: undefined });
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  it('delivers nothing after its end', async () => {
    const stream = world.open({ after: 0 });
    await settle();
    await stream.return();
    world.commitAndSend(3);
    expect(await stream.next()).toEqual({ done: true, value: undefined });
  });

  it('works with for await and frees itself at a break', async () => {
    world.commit(5);
    const seen: number[] = [];
    for await (const event of world.open({ after: 0 })) {
      seen.push(event.number);
      if (event.number === 3) break;
    }
    expect(seen).toEqual([1, 2, 3]);
    expect(world.topic.listeners).toBe(0);
  });
});
