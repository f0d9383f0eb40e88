import { setTimeout as pause } from 'node:timers/promises';
import { createDeliveryRound, type RoundResult } from './delivery-round.ts';
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
/** Replayed events that may be on their way while more subscribers connect: a storm of thousands is not what is measured. */
const REPLAYING_AT_ONCE = 500;
const LOOK_EVERY_MS = 5;
/** How long a round, and how long opening may take before it counts as lost. */
const WITHIN_MS = { round: 120_000, open: 600_000 };
/** Client addresses: subscribers come from many places, and each place has ports for thousands only. */
const ADDRESSES = 200;
const LONGEST_QUOTE = 300;

/** When the message was sent, read without parsing the rest. NaN in what is no event. */
function sentAtOf(payload: Buffer): number {
  const at = payload.indexOf(SENT_AT);
  if (at < 0) return Number.NaN;
  const from = at + SENT_AT.length;
  return Number.parseFloat(payload.toString('latin1', from, from + NUMBER_LENGTH));
}

/** What each subscriber has had, to find what comes twice or in the wrong order. */
function createLedger(seats: readonly Seat[]) {
  const allowed = Uint32Array.from(seats, ({ replayed }) => replayed);
  const last = new Float64Array(seats.length);
  return {
    /** Lets each have more. @returns how many more in all. */
    allow(count: number): number {
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

const replayedBy = (seats: readonly Seat[]) => seats.reduce((sum, { replayed }) => sum + replayed, 0);

/** Makes an audience of nobody. */
export function createAudience(): Audience {
  let subscribers: RawSubscriber[] = [];
  let ledger = createLedger([]);
  let round = createDeliveryRound(0);
  let last: string | undefined;

  function onNext(seat: number, payload: Buffer): void {
    const sentAt = sentAtOf(payload);
    const mistake = ledger.enter(seat, sentAt);
    if (seat === 0) last = payload.toString();
    if (mistake === undefined) round.record(sentAt);
    else round.fail(`subscriber ${seat} ${mistake}: ${payload.toString().slice(0, LONGEST_QUOTE)}`);
  }

  async function connect(port: number, from: number, seats: readonly Seat[]): Promise<void> {
    const batch = seats.map(({ init, subscribe }, offset) => {
      const seat = from + offset;
      return createRawSubscriber({
        port,
        localAddress: `127.0.1.${1 + (seat % ADDRESSES)}`,
        init,
        subscribe,
        onNext: (payload) => onNext(seat, payload),
        onEnd: (why) => round.fail(`subscriber ${seat}: ${why}`),
      });
    });
    subscribers.push(...batch);
    await Promise.all(batch.map(({ connected }) => connected));
  }

  return {
    async open(port, seats) {
      ledger = createLedger(seats);
      round = createDeliveryRound(replayedBy(seats));
      const replayed = round.settled(WITHIN_MS.open);
      replayed.catch(() => undefined);
      for (let from = 0; from < seats.length; from += CONNECTING_AT_ONCE) {
        await connect(port, from, seats.slice(from, from + CONNECTING_AT_ONCE));
        const notYetAsked = replayedBy(seats.slice(from + CONNECTING_AT_ONCE));
        while (round.left - notYetAsked > REPLAYING_AT_ONCE && !round.failure) await pause(LOOK_EVERY_MS);
      }
      await replayed;
    },
    expect(count) {
      const { failure } = round;
      round = createDeliveryRound(ledger.allow(count));
      // What went wrong between two rounds belongs to the next.
      if (failure) round.fail(failure);
    },
    settled: () => round.settled(WITHIN_MS.round),
    sample: () => last,
    close() {
      for (const subscriber of subscribers) subscriber.close();
      subscribers = [];
      last = undefined;
    },
  };
}
