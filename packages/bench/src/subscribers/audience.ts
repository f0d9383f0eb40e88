import { preciseNow } from '../chat-graph/room.ts';
import { percentile } from '../report/statistics.ts';
import { createRawSubscriber, type RawSubscriber } from './raw-subscriber.ts';

/** One subscriber of an audience. */
export interface Seat {
  /** JSON of `connection_init`. */
  readonly init: string;
  /** JSON of `subscribe`. */
  readonly subscribe: string;
  /** Events that are behind the cursor it begins with. */
  readonly replayed: number;
}

/** What came of one round. */
export interface RoundResult {
  /** From the first message's sending to the last receipt. */
  readonly elapsedMs: number;
  /** From a message's sending to its receipt, over all subscribers. */
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Thousands of subscribers to one room. */
export interface Audience {
  /** Connects all, and waits until each has what was behind its cursor. @throws Error when one is refused. */
  open(port: number, seats: readonly Seat[]): Promise<void>;
  /** From now on each subscriber is to receive that many events more. */
  expect(count: number): void;
  /**
   * Resolves when all that was expected has come. @throws Error when a subscriber ends, gets an event too many or out of
   * order, or when events don't come in time.
   */
  settled(): Promise<RoundResult>;
  /** The last event of the first subscriber, as text. */
  sample(): string | undefined;
  close(): void;
}

const SENT_AT = Buffer.from('"sentAt":');
const NUMBER_LENGTH = 24;
const CONNECTING_AT_ONCE = 50;
/** How long a round may take before it counts as lost. */
const ROUND_WITHIN_MS = 120_000;
/** Client addresses: subscribers come from many places, and each place has ports for thousands only. */
const ADDRESSES = 200;

/** When the message was sent, read without parsing the rest. NaN in what is no event. */
function sentAtOf(payload: Buffer): number {
  const at = payload.indexOf(SENT_AT);
  if (at < 0) return Number.NaN;
  const from = at + SENT_AT.length;
  return Number.parseFloat(payload.toString('latin1', from, from + NUMBER_LENGTH));
}

/** Counts what comes in one round. */
function createRound(missing: number) {
  const delays = new Float64Array(missing);
  const settled = Promise.withResolvers<RoundResult>();
  settled.promise.catch(() => undefined);
  let left = missing;
  let firstSentAt = Number.POSITIVE_INFINITY;
  const finish = () => {
    const elapsedMs = preciseNow() - firstSentAt;
    delays.sort();
    settled.resolve({ elapsedMs, p50Ms: percentile(delays, 0.5), p99Ms: percentile(delays, 0.99) });
  };
  if (missing === 0) finish();
  return {
    settled,
    get left() {
      return left;
    },
    record(sentAt: number) {
      firstSentAt = Math.min(firstSentAt, sentAt);
      left -= 1;
      delays[left] = preciseNow() - sentAt;
      if (left === 0) finish();
    },
  };
}

/** What each subscriber has had, to find what comes twice or in the wrong order. */
function createLedger(seats: readonly Seat[]) {
  const allowed = Uint32Array.from(seats, ({ replayed }) => replayed);
  const last = new Float64Array(seats.length);
  return {
    allow(count: number) {
      for (let seat = 0; seat < allowed.length; seat += 1) allowed[seat] = (allowed[seat] ?? 0) + count;
      return allowed.length * count;
    },
    /** What is wrong with an event, if something is. */
    enter(seat: number, sentAt: number): string | undefined {
      if (Number.isNaN(sentAt)) return 'got what is no event';
      if (sentAt < (last[seat] ?? 0)) return 'got an event after a later one';
      last[seat] = sentAt;
      const left = allowed[seat] ?? 0;
      if (left === 0) return 'got an event too many';
      allowed[seat] = left - 1;
      return undefined;
    },
  };
}

/** Makes an audience of nobody. */
export function createAudience(): Audience {
  let subscribers: RawSubscriber[] = [];
  let ledger = createLedger([]);
  let round = createRound(0);
  let last: string | undefined;

  const fail = (why: string) => round.settled.reject(new Error(why));

  function onNext(seat: number, payload: Buffer): void {
    const sentAt = sentAtOf(payload);
    const mistake = ledger.enter(seat, sentAt);
    if (seat === 0) last = payload.toString();
    if (mistake === undefined) round.record(sentAt);
    else fail(`subscriber ${seat} ${mistake}: ${payload.toString().slice(0, 300)}`);
  }

  async function settled(): Promise<RoundResult> {
    const current = round;
    const late = () => fail(`${current.left} events didn't come within ${ROUND_WITHIN_MS / 1000} s`);
    const deadline = setTimeout(late, ROUND_WITHIN_MS);
    return current.settled.promise.finally(() => clearTimeout(deadline));
  }

  function connect(port: number, seat: number, { init, subscribe }: Seat): RawSubscriber {
    return createRawSubscriber({
      port,
      localAddress: `127.0.1.${1 + (seat % ADDRESSES)}`,
      init,
      subscribe,
      onNext: (payload) => onNext(seat, payload),
      onEnd: (why) => fail(`subscriber ${seat}: ${why}`),
    });
  }

  return {
    async open(port, seats) {
      ledger = createLedger(seats);
      round = createRound(seats.reduce((sum, { replayed }) => sum + replayed, 0));
      for (let from = 0; from < seats.length; from += CONNECTING_AT_ONCE) {
        const batch = seats
          .slice(from, from + CONNECTING_AT_ONCE)
          .map((seat, offset) => connect(port, from + offset, seat));
        subscribers.push(...batch);
        await Promise.all(batch.map(({ connected }) => connected));
      }
      await settled();
    },
    expect(count) {
      round = createRound(ledger.allow(count));
    },
    settled,
    sample: () => last,
    close() {
      for (const subscriber of subscribers) subscriber.close();
      subscribers = [];
      last = undefined;
    },
  };
}
