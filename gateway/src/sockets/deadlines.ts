/** Something that has to be looked at when its time comes. */
export interface Scheduled {
  /** When, as a number of the wheel's own; 0 while nothing is due. Written by the wheel alone. */
  tick: number;
}

/** Deadlines of many things under one timer: a timer for each of ten thousand sockets costs memory and wake-ups. */
export interface Deadlines<T extends Scheduled> {
  /** Calls `onDue` once it is `at` (milliseconds since 1970), or up to one resolution later. Replaces an earlier one. */
  set(item: T, at: number): void;
  clear(item: T): void;
}

/** Options of {@link createDeadlines}. */
export interface DeadlinesOptions<T> {
  readonly onDue: (item: T, now: number) => void;
  /** Milliseconds that a call may come late. Default 50. */
  readonly resolutionMs?: number;
  /** Milliseconds since 1970. Default: the clock. */
  readonly now?: () => number;
}

/** Makes a wheel. Its timer runs only while something is scheduled, and never keeps the process. */
export function createDeadlines<T extends Scheduled>(options: DeadlinesOptions<T>): Deadlines<T> {
  const { onDue, resolutionMs = 50, now = Date.now } = options;
  const slots = new Map<number, Set<T>>();
  let timer: NodeJS.Timeout | undefined;
  let lookedAt = Math.floor(now() / resolutionMs);

  function remove(item: T): void {
    const slot = slots.get(item.tick);
    slot?.delete(item);
    if (slot?.size === 0) slots.delete(item.tick);
    item.tick = 0;
  }

  function takeDue(tick: number): T[] {
    const slot = slots.get(tick);
    slots.delete(tick);
    for (const item of slot ?? []) item.tick = 0;
    return [...(slot ?? [])];
  }

  function turn(): void {
    const current = Math.floor(now() / resolutionMs);
    // A clock that was set forward by hours would otherwise be walked through one slot at a time.
    const passed =
      current - lookedAt > slots.size
        ? [...slots.keys()].filter((tick) => tick <= current).sort((a, b) => a - b)
        : Array.from({ length: Math.max(0, current - lookedAt) }, (_, index) => lookedAt + 1 + index);
    lookedAt = current;
    for (const tick of passed) for (const item of takeDue(tick)) onDue(item, now());
    if (slots.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  }

  return {
    set(item, at) {
      remove(item);
      if (timer === undefined) {
        lookedAt = Math.floor(now() / resolutionMs);
        timer = setInterval(turn, resolutionMs).unref();
      }
      item.tick = Math.max(Math.ceil(at / resolutionMs), lookedAt + 1);
      const slot = slots.get(item.tick);
      if (slot) slot.add(item);
      else slots.set(item.tick, new Set([item]));
    },
    clear: remove,
  };
}
