import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createDeadlines } from './deadlines.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

function wheel() {
  const due: [string, number][] = [];
  const deadlines = createDeadlines<{ tick: number; name: string }>({
    resolutionMs: 50,
    onDue: ({ name }, now) => due.push([name, now - 1_000_000]),
  });
  const item = (name: string) => ({ tick: 0, name });
  return { due, deadlines, item };
}

test('each is due at its time, or up to one resolution later, in order', () => {
  const { due, deadlines, item } = wheel();
  deadlines.set(item('later'), 1_000_320);
  deadlines.set(item('sooner'), 1_000_100);
  vi.advanceTimersByTime(1_000);
  expect(due).toEqual([
    ['sooner', 100],
    ['later', 350],
  ]);
});

test('setting it again replaces the time, clearing takes it away', () => {
  const { due, deadlines, item } = wheel();
  const [moved, cleared] = [item('moved'), item('cleared')];
  deadlines.set(moved, 1_000_100);
  deadlines.set(moved, 1_000_500);
  deadlines.set(cleared, 1_000_100);
  deadlines.clear(cleared);
  vi.advanceTimersByTime(1_000);
  expect(due).toEqual([['moved', 500]]);
});

test('what is late already is due at the next turn', () => {
  const { due, deadlines, item } = wheel();
  deadlines.set(item('late'), 5);
  vi.advanceTimersByTime(50);
  expect(due).toEqual([['late', 50]]);
});

test('the timer runs only while something is scheduled, and again after a pause', () => {
  const { due, deadlines, item } = wheel();
  expect(vi.getTimerCount()).toBe(0);
  deadlines.set(item('one'), 1_000_050);
  vi.advanceTimersByTime(100);
  expect(vi.getTimerCount()).toBe(0);
  vi.advanceTimersByTime(10_000);
  deadlines.set(item('two'), 1_010_200);
  vi.advanceTimersByTime(1_000);
  expect(due.map(([name]) => name)).toEqual(['one', 'two']);
});

test('a clock that jumps ahead makes all that it passed due, in order', () => {
  const { due, deadlines, item } = wheel();
  deadlines.set(item('second'), 2_000_000);
  deadlines.set(item('first'), 1_500_000);
  vi.setSystemTime(9_000_000);
  vi.advanceTimersByTime(50);
  expect(due.map(([name]) => name)).toEqual(['first', 'second']);
});
