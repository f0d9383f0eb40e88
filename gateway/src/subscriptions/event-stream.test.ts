import { expect, test, vi } from 'vitest';
import { createEventStream, type EventSink } from './event-stream.ts';

const OVERFLOW = { message: 'too slow', extensions: { code: 'SLOW' } };

/** A stream whose upstream is in the test's hands. */
function setUp(join = async (event: object) => event) {
  const close = vi.fn();
  let sink: EventSink | undefined;
  const stream = createEventStream({
    maxQueued: 2,
    overflow: () => OVERFLOW,
    join,
    open(opened) {
      sink = opened;
      return close;
    },
  });
  if (!sink) throw new Error('the upstream was not opened');
  return { stream, sink, close };
}

const event = (n: number) => ({ data: { n } });

test('events come in order, whether they were awaited or not', async () => {
  const { stream, sink } = setUp();
  const early = stream.next();
  sink.next(event(1));
  sink.next(event(2));
  expect(await early).toEqual({ done: false, value: event(1) });
  expect(await stream.next()).toEqual({ done: false, value: event(2) });
});

test('what came before the end is delivered before it', async () => {
  const { stream, sink } = setUp();
  sink.next(event(1));
  sink.complete();
  expect(await stream.next()).toEqual({ done: false, value: event(1) });
  expect(await stream.next()).toEqual({ done: true, value: undefined });
});

test('return() closes the upstream at once and ends a pending next()', async () => {
  const { stream, close } = setUp();
  const pending = stream.next();
  await stream.return?.();
  expect(close).toHaveBeenCalledTimes(1);
  expect(await pending).toEqual({ done: true, value: undefined });
});

test('an event that is being joined when the client leaves is not delivered', async () => {
  const joined = Promise.withResolvers<object>();
  const { stream, sink } = setUp(() => joined.promise);
  sink.next(event(1));
  const pending = stream.next();
  await stream.return?.();
  joined.resolve(event(1));
  expect(await pending).toEqual({ done: true, value: undefined });
});

test('a failure of the upstream is a last event after those before it', async () => {
  const { stream, sink, close } = setUp();
  sink.next(event(1));
  sink.fail([{ message: 'lost' }]);
  expect(await stream.next()).toEqual({ done: false, value: event(1) });
  expect(await stream.next()).toEqual({ done: false, value: { data: null, errors: [{ message: 'lost' }] } });
  expect(await stream.next()).toEqual({ done: true, value: undefined });
  expect(close).toHaveBeenCalledTimes(1);
});

test('more events than may wait end the stream and free the upstream', async () => {
  const { stream, sink, close } = setUp();
  for (const n of [1, 2, 3]) sink.next(event(n));
  expect(close).toHaveBeenCalledTimes(1);
  expect(await stream.next()).toEqual({ done: false, value: { data: null, errors: [OVERFLOW] } });
});

test('an upstream that ends while it is being opened is closed all the same', async () => {
  const close = vi.fn();
  const stream = createEventStream({
    maxQueued: 1,
    overflow: () => OVERFLOW,
    join: async (value) => value as object,
    open(sink) {
      sink.fail([{ message: 'refused' }]);
      return close;
    },
  });
  expect(close).toHaveBeenCalledTimes(1);
  expect((await stream.next()).value).toEqual({ data: null, errors: [{ message: 'refused' }] });
});

test('the upstream is closed only once, however often it ends', async () => {
  const { stream, sink, close } = setUp();
  sink.complete();
  await stream.return?.();
  await stream.return?.();
  expect(close).toHaveBeenCalledTimes(1);
});
