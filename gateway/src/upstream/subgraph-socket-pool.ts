import type { Logger } from '@postbook/service-kit/edge';
import { type MessageSink, openSubgraphSocket, type SubgraphSocket } from './subgraph-socket.ts';

/** Options of {@link createSubgraphSocketPool}. */
export interface SubgraphSocketPoolOptions {
  /** The subgraph, for the log. */
  readonly name: string;
  readonly url: string;
  readonly timeoutMs: number;
  readonly log: Logger;
  /** Subscriptions per connection before another one is opened. Default 10,000. */
  readonly perSocket?: number | undefined;
  /** Connections at the most; when all are full they are filled evenly. Default 4. */
  readonly maxSockets?: number | undefined;
}

/** All connections to one subgraph: one, until it is full. */
export interface SubgraphSocketPool {
  /**
   * Starts a subscription. A patient one waits until the subgraph can be reached; any other is `lost` at once when it
   * can't be.
   */
  subscribe(payload: () => object, sink: MessageSink, isPatient: boolean): () => void;
  close(): void;
}

const IDLE_MS = 30_000;
const PING_MS = 15_000;
/** Bounds of the pause before connecting again, in milliseconds; it doubles with every failure. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
/** A connection that held for so long, in milliseconds, was a good one: the next pause is the first again. */
const STABLE_MS = 5_000;
/** Patient ones started at once, and the pause between, in milliseconds: a subgraph that just came isn't flooded. */
const RELEASED_AT_ONCE = 250;
const RELEASE_PAUSE_MS = 10;

interface Waiting {
  readonly payload: () => object;
  readonly sink: MessageSink;
  stop: () => void;
}

const pauseAfter = (failures: number): number =>
  Math.min(FIRST_PAUSE_MS * 2 ** Math.min(failures, 10), LONGEST_PAUSE_MS) * (0.5 + Math.random() / 2);

/**
 * Spreads subscriptions over connections, and connects again after a loss with pauses that grow and differ: all who wait
 * share one attempt.
 */
export function createSubgraphSocketPool(options: SubgraphSocketPoolOptions): SubgraphSocketPool {
  const { name, url, timeoutMs, log, perSocket = 10_000, maxSockets = 4 } = options;
  const sockets = new Set<SubgraphSocket>();
  const waiting = new Set<Waiting>();
  let failures = 0;
  let pause: NodeJS.Timeout | undefined;
  let isClosed = false;

  function open(): SubgraphSocket {
    const openedAt = performance.now();
    const socket = openSubgraphSocket({
      url,
      timeoutMs,
      idleMs: IDLE_MS,
      pingMs: PING_MS,
      onOpen: release,
      onClose({ code, reason, wasOpen }) {
        sockets.delete(socket);
        if (isClosed || (wasOpen && socket.size === 0)) return;
        failures = wasOpen && performance.now() - openedAt > STABLE_MS ? 0 : failures + 1;
        log.warn({ subgraph: name, close: { code, reason }, wasOpen }, 'a connection to a subgraph was lost');
        pauseNow();
      },
    });
    sockets.add(socket);
    return socket;
  }

  /** Connects after a pause, when somebody waits for it. */
  function pauseNow(): void {
    pause ??= setTimeout(() => {
      pause = undefined;
      if (waiting.size === 0) return;
      if (sockets.size === 0) open();
      else release();
    }, pauseAfter(failures));
  }

  /** The least busy connection; another one when all are full. */
  function pick(): SubgraphSocket {
    let best: SubgraphSocket | undefined;
    for (const socket of sockets) if (!best || socket.size < best.size) best = socket;
    if (!best || (best.size >= perSocket && sockets.size < maxSockets)) return open();
    return best;
  }

  function send(entry: Waiting): void {
    const { payload, sink } = entry;
    entry.stop = pick().subscribe(payload, {
      next: (value) => sink.next(value),
      end(end) {
        if (end.kind === 'lost' && !end.wasReached && !isClosed) wait(entry);
        else sink.end(end);
      },
    });
  }

  function wait(entry: Waiting): void {
    waiting.add(entry);
    entry.stop = () => waiting.delete(entry);
    // Not at once, also when nothing failed: what ended the connection before may need the same rest.
    pauseNow();
  }

  /** Sends those who waited, in parts. */
  function release(): void {
    if (![...sockets].some((socket) => socket.isOpen)) return;
    let count = 0;
    for (const entry of waiting) {
      if (count === RELEASED_AT_ONCE) break;
      count += 1;
      waiting.delete(entry);
      send(entry);
    }
    if (waiting.size > 0) setTimeout(release, RELEASE_PAUSE_MS);
  }

  return {
    subscribe(payload, sink, isPatient) {
      if (!isPatient) return pick().subscribe(payload, sink);
      const entry: Waiting = { payload, sink, stop: () => undefined };
      if (sockets.size > 0 && waiting.size === 0) send(entry);
      else wait(entry);
      return () => entry.stop();
    },
    close() {
      isClosed = true;
      clearTimeout(pause);
      waiting.clear();
      for (const socket of sockets) socket.close();
    },
  };
}
