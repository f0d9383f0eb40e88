/** Options of {@link createEventWindow}. */
export interface EventWindowOptions<T> {
  readonly cursorOf: (event: T) => number;
  /** How many events are held at most, ready and early ones each. */
  readonly capacity: number;
}

/**
 * Puts events that come from the store and live, some of them twice, early or never, into one sequence: each once, in
 * order. It only decides; reading and waiting are its owner's.
 */
export interface EventWindow<T> {
  /** Whether the starting point is known. Before, live events are only held. */
  readonly isOpen: boolean;
  /** Whether the store may hold events that the window lacks, and enough of them would fit to be worth a read. */
  readonly wantsRead: boolean;
  /** Whether everything the store holds was put in order and taken. */
  readonly isCaughtUp: boolean;
  /** How many more events fit. */
  readonly room: number;
  /** The number of the last event put in order. */
  readonly last: number;
  open(after: number): void;
  /** Takes a live event. */
  offer(event: T): void;
  /** The store must be read: something may have been missed. */
  fallBehind(): void;
  /** To be called right before a read; `finish` takes in its page, `isLast` saying that the store holds nothing beyond. */
  beginRead(): { readonly after: number; finish(page: readonly T[], isLast: boolean): void };
  /** The next event in order, if it is there. */
  take(): { readonly value: T } | undefined;
  clear(): void;
}

/** Makes a window. */
export function createEventWindow<T>({ cursorOf, capacity }: EventWindowOptions<T>): EventWindow<T> {
  /** In order and due for the consumer. */
  let ready: T[] = [];
  /** Live events whose predecessors are missing. */
  const early = new Map<number, T>();
  let last = 0;
  let isOpen = false;
  let isBehind = true;
  /** Count what happens during a read and may not be in its page. */
  let demands = 0;
  let arrivals = 0;

  const append = (event: T) => {
    ready.push(event);
    last = cursorOf(event);
  };

  /** Moves early events that follow directly. */
  const join = () => {
    for (let event = early.get(last + 1); event !== undefined && ready.length < capacity; event = early.get(last + 1)) {
      append(event);
      early.delete(last);
    }
  };

  const hold = (event: T) => {
    // Forgetting the early ones bounds memory; the store has them.
    if (early.size >= capacity) early.clear();
    early.set(cursorOf(event), event);
    arrivals += 1;
    isBehind = true;
  };

  return {
    get isOpen() {
      return isOpen;
    },
    get wantsRead() {
      return isOpen && isBehind && capacity - ready.length >= capacity / 2;
    },
    get isCaughtUp() {
      return isOpen && !isBehind && ready.length === 0;
    },
    get room() {
      return capacity - ready.length;
    },
    get last() {
      return last;
    },

    open(after) {
      last = after;
      isOpen = true;
    },

    offer(event) {
      const cursor = cursorOf(event);
      if (isOpen && cursor <= last) return;
      if (!isOpen || cursor > last + 1 || isBehind || ready.length >= capacity) hold(event);
      else append(event);
    },

    fallBehind() {
      isBehind = true;
      demands += 1;
    },

    beginRead() {
      const [demandsBefore, arrivalsBefore] = [demands, arrivals];
      return {
        after: last,
        finish(page, isLast) {
          for (const event of page) if (cursorOf(event) > last) append(event);
          join();
          for (const cursor of early.keys()) if (cursor <= last) early.delete(cursor);
          // Early events that were there before the read and are not in the store will never be: the store is the truth.
          const mayLack = arrivals !== arrivalsBefore && early.size > 0;
          isBehind = !isLast || demands !== demandsBefore || mayLack || early.has(last + 1);
          if (!isBehind) early.clear();
        },
      };
    },

    take() {
      const value = ready.shift();
      return value === undefined ? undefined : { value };
    },

    clear() {
      ready = [];
      early.clear();
    },
  };
}
