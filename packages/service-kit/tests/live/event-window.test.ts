import { describe, expect, it } from 'vitest';
import { createEventWindow } from '../../src/live/event-window.ts';

const openWindow = (capacity = 10) => {
  const window = createEventWindow<number>({ cursorOf: (event) => event, capacity });
  window.open(0);
  window.beginRead().finish([], true);
  return window;
};
const takeAll = (window: ReturnType<typeof openWindow>) => {
  const events: number[] = [];
  for (let next = window.take(); next; next = window.take()) events.push(next.value);
  return events;
};

describe('an event window', () => {
  it('wants the store read before anything else', () => {
    const window = createEventWindow<number>({ cursorOf: (event) => event, capacity: 10 });
    expect(window.wantsRead).toBe(false);
    window.open(3);
    expect(window.wantsRead).toBe(true);
  });

  it('passes live events that follow each other', () => {
    const window = openWindow();
    [1, 2, 3].forEach(window.offer);
    expect(takeAll(window)).toEqual([1, 2, 3]);
    expect(window.wantsRead).toBe(false);
  });

  it('drops repeats', () => {
    const window = openWindow();
    [1, 1, 2, 1, 2].forEach(window.offer);
    expect(takeAll(window)).toEqual([1, 2]);
  });

  it('holds an early event until the store has filled the hole', () => {
    const window = openWindow();
    window.offer(3);
    expect(takeAll(window)).toEqual([]);
    expect(window.wantsRead).toBe(true);
    window.beginRead().finish([1, 2], true);
    expect(takeAll(window)).toEqual([1, 2, 3]);
    expect(window.wantsRead).toBe(false);
  });

  it('keeps what arrives during a read', () => {
    const window = openWindow();
    window.fallBehind();
    const reading = window.beginRead();
    window.offer(2);
    reading.finish([1], true);
    expect(takeAll(window)).toEqual([1, 2]);
    expect(window.wantsRead).toBe(false);
  });

  it('reads again when a gap was announced during a read', () => {
    const window = openWindow();
    window.fallBehind();
    const reading = window.beginRead();
    window.fallBehind();
    reading.finish([], true);
    expect(window.wantsRead).toBe(true);
  });

  it('reads again when what arrived during a read does not follow', () => {
    const window = openWindow();
    window.fallBehind();
    const reading = window.beginRead();
    window.offer(5);
    reading.finish([1], true);
    expect(window.wantsRead).toBe(true);
    window.beginRead().finish([2, 3, 4, 5], true);
    expect(takeAll(window)).toEqual([1, 2, 3, 4, 5]);
  });

  it('accepts numbers that the store leaves out', () => {
    const window = openWindow();
    window.offer(4);
    window.beginRead().finish([2, 4], true);
    expect(takeAll(window)).toEqual([2, 4]);
    window.offer(5);
    expect(takeAll(window)).toEqual([5]);
  });

  it('forgets an event that the store does not confirm', () => {
    const window = openWindow();
    window.offer(3);
    window.beginRead().finish([], true);
    expect(window.wantsRead).toBe(false);
    expect(takeAll(window)).toEqual([]);
  });

  it('holds no more than its capacity, and reads the rest when there is room for half of it', () => {
    const window = openWindow(4);
    for (let event = 1; event <= 100; event += 1) window.offer(event);
    expect(window.room).toBe(0);
    expect(window.wantsRead).toBe(false);
    window.take();
    expect(window.wantsRead).toBe(false);
    window.take();
    expect(window.wantsRead).toBe(true);
    expect(takeAll(window)).toEqual([3, 4]);
  });

  it('does not lose an early event for which there was no room', () => {
    const window = openWindow(2);
    window.fallBehind();
    const reading = window.beginRead();
    window.offer(3);
    reading.finish([1, 2], true);
    expect(takeAll(window)).toEqual([1, 2]);
    expect(window.wantsRead).toBe(true);
  });
});
