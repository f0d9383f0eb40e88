import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type AppError, ForbiddenError, silentLogger, watchAccess } from '../../src/index.ts';
import { createFakeTopic } from './fake-topic.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A watch over a right that the test gives and takes. */
function setUp() {
  const topic = createFakeTopic();
  const refused: AppError[] = [];
  const state = { checks: 0, failure: undefined as Error | undefined };
  const watch = watchAccess({
    topics: topic,
    topic: 't',
    concerns: (message) => message === 'look',
    async check() {
      state.checks += 1;
      if (state.failure) throw state.failure;
    },
    isRefusal: (error): error is AppError => error instanceof ForbiddenError,
    checkMs: 1_000,
    onRefused: (error) => void refused.push(error),
    log: silentLogger,
  });
  return { topic, refused, state, watch };
}

const turn = () => vi.advanceTimersByTimeAsync(0);

describe('a watch over access', () => {
  it('checks once it listens, and is ready then', async () => {
    const { watch, state, topic } = setUp();
    await watch.ready;
    expect([state.checks, topic.listeners]).toEqual([1, 1]);
  });

  it('checks at a message that concerns it, at a gap, and now and then', async () => {
    const { watch, state, topic } = setUp();
    await watch.ready;
    topic.send('something else');
    await turn();
    expect(state.checks).toBe(1);
    topic.send('look');
    topic.gap();
    await turn();
    expect(state.checks).toBe(3);
    await vi.advanceTimersByTimeAsync(1_250);
    expect(state.checks).toBe(4);
  });

  it('tells of a refusal once, and lets everything go', async () => {
    const { watch, state, topic, refused } = setUp();
    await watch.ready;
    state.failure = new ForbiddenError('no longer');
    topic.send('look');
    topic.send('look');
    await turn();
    expect([refused, topic.listeners]).toEqual([[state.failure], 0]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(state.checks).toBe(3);
  });

  it('takes a store that is away for no refusal, and asks again', async () => {
    const { watch, state, refused } = setUp();
    await watch.ready;
    state.failure = new Error('the store is away');
    await vi.advanceTimersByTimeAsync(1_250);
    state.failure = new ForbiddenError('no longer');
    await vi.advanceTimersByTimeAsync(1_250);
    expect(refused).toEqual([state.failure]);
  });

  it('that is stopped before it listens leaves nothing behind', async () => {
    const { watch, state, topic } = setUp();
    watch.stop();
    await watch.ready;
    await vi.advanceTimersByTimeAsync(10_000);
    expect([state.checks, topic.listeners]).toEqual([0, 0]);
  });
});
