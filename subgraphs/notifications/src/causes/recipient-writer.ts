import { createBatchQueue, type Inbox, type MongoTransaction, type Transactor } from '@postbook/service-kit';
import { type Ledger, type LedgerParts, openLedger } from '../notification/notification-ledger.ts';
import { isOver, mayTell } from '../notification/notification-policy.ts';
import type { Effect } from './cause.ts';
import type { EffectWriter, PersonalEffect } from './effect-writer.ts';
import type { FactReader, PersonalCause } from './recipient-facts.ts';
import type { Source } from './source.ts';
import type { SourceRepository, Withdrawal } from './source-repository.ts';

/** The group of the bus in which the processes of notifications share events. */
export const CONSUMER_GROUP = 'notifications';

/** What an event does to one person, applied together. */
export interface Delivery {
  readonly userId: string;
  readonly effects: readonly Effect[];
  /** The event, when this is all that it does: noted with its effects. */
  readonly eventId?: string;
}

/** What is taken back from whom. */
interface PersonalWithdrawal {
  readonly userId: string;
  readonly withdrawal: Withdrawal;
}

/** What {@link createRecipientWriter} needs. */
export interface RecipientWriterOptions extends LedgerParts {
  readonly transactor: Transactor<MongoTransaction>;
  readonly inbox: Inbox<MongoTransaction>;
  readonly sources: SourceRepository;
  readonly effects: EffectWriter;
  readonly readFacts: FactReader;
  /** Called when somebody turns out to be erased after something was written for them. */
  readonly onErased: (userId: string) => Promise<void>;
}

/**
 * Parts into which people are divided. A process has one transaction under way for each: more would take all connections
 * of the store, and a message in a large group would open hundreds at once.
 */
const PARTS = 4;
/** Deliveries applied in one transaction. */
const MAX_BATCH = 50;
/** Far more than the bus hands out at a time. */
const MAX_WAITING = 100_000;
/** How many things are taken back in one transaction. */
const WITHDRAWN_AT_ONCE = 200;

const partOf = (userId: string): string => String(Number.parseInt(userId.slice(-2), 16) % PARTS);

const causesOf = (deliveries: readonly Delivery[]): PersonalCause[] =>
  deliveries.flatMap(({ userId, effects }) =>
    effects.flatMap((effect) => (effect.kind === 'Tell' ? [{ userId, cause: effect.cause }] : [])),
  );

/**
 * Writes to people's notifications. In a process the deliveries of one person wait for each other, and those of many share
 * a transaction; between processes transactions that meet are tried again.
 */
export function createRecipientWriter(options: RecipientWriterOptions) {
  const { transactor, inbox, effects: writer, readFacts, sources, onErased, now } = options;

  /** The deliveries whose event was not applied before. */
  async function fresh(tx: MongoTransaction, deliveries: readonly Delivery[]): Promise<Delivery[]> {
    const eventIds = new Set(deliveries.flatMap(({ eventId }) => eventId ?? []));
    if (eventIds.size === 0) return [...deliveries];
    const waiting = new Set(await inbox.record(tx, CONSUMER_GROUP, [...eventIds]));
    return deliveries.filter(({ eventId }) => eventId === undefined || waiting.delete(eventId));
  }

  async function write(deliveries: readonly Delivery[]): Promise<void> {
    const facts = await readFacts(causesOf(deliveries));
    const isWanted = ({ userId, effect }: PersonalEffect): boolean =>
      effect.kind === 'TakeBack' || (mayTell(userId, effect.cause, facts(userId)) && !isOver(effect.cause, now()));
    await transactor.run(async (tx) => {
      const wanted = (await fresh(tx, deliveries))
        .flatMap(({ userId, effects }) => effects.map((effect) => ({ userId, effect })))
        .filter(isWanted);
      if (wanted.length === 0) return;
      const ledger = await openLedger(
        options,
        tx,
        wanted.map(({ userId }) => userId),
      );
      await writer.apply(tx, ledger, wanted);
      await ledger.settle();
    });
  }

  /** Takes back what is found. @returns how many things. */
  const withdraw = (userIds: readonly string[], find: (tx: MongoTransaction) => Promise<Source[]>): Promise<number> =>
    transactor.run(async (tx) => {
      const ledger: Ledger = await openLedger(options, tx, userIds);
      const found = await find(tx);
      await writer.release(tx, ledger, found);
      await ledger.settle();
      return found.length;
    });

  /**
   * Takes back what became forbidden while it was written. Whoever forbids something (a block, a deletion) first notes it
   * and then looks for what there is to take back; we first write and then look for what is forbidden: one of the two sees
   * the other, whatever the order. Also done for repeated events, since a process may have died before it got here.
   */
  async function checkAgain(causes: readonly PersonalCause[]): Promise<void> {
    if (causes.length === 0) return;
    const facts = await readFacts(causes);
    const forbidden = causes.filter(({ userId, cause }) => !mayTell(userId, cause, facts(userId)));
    if (forbidden.length === 0) return;
    const keys = forbidden.map(({ userId, cause }) => ({ userId, key: cause.key }));
    const written = await sources.active(undefined, keys);
    if (written.length > 0) {
      await withdraw(
        written.map(({ userId }) => userId),
        (tx) => sources.active(tx, written),
      );
    }
    const erased = new Set(forbidden.map(({ userId }) => userId).filter((userId) => facts(userId).isErased));
    for (const userId of erased) await onErased(userId);
  }

  async function work(_part: string, deliveries: readonly Delivery[]): Promise<undefined[]> {
    await write(deliveries);
    await checkAgain(causesOf(deliveries));
    return deliveries.map(() => undefined);
  }

  const queue = createBatchQueue<string, Delivery, undefined>({
    keyOf: (key) => key,
    maxBatch: MAX_BATCH,
    maxWaiting: MAX_WAITING,
    work,
  });

  /** In a queue of their own, one at a time for each part: a deleted post may have been told to thousands. */
  const withdrawals = createBatchQueue<string, PersonalWithdrawal, number>({
    keyOf: (key) => key,
    maxBatch: 1,
    maxWaiting: MAX_WAITING,
    work: (_part, waiting) =>
      Promise.all(
        waiting.map(({ userId, withdrawal }) =>
          withdraw([userId], (tx) => sources.toWithdraw(tx, userId, withdrawal, WITHDRAWN_AT_ONCE)),
        ),
      ),
  });

  return {
    /** Applies what an event does to a person. Repeats change nothing. */
    deliver: async (delivery: Delivery): Promise<void> => queue.add(partOf(delivery.userId), delivery),

    /** Takes everything of a kind back from a person, in bounded transactions. @returns how many things. */
    async withdrawAll(userId: string, withdrawal: Withdrawal): Promise<number> {
      for (let total = 0; ; ) {
        const count = await withdrawals.add(partOf(userId), { userId, withdrawal });
        total += count;
        if (count < WITHDRAWN_AT_ONCE) return total;
      }
    },
  };
}

/** What {@link createRecipientWriter} returns. */
export type RecipientWriter = ReturnType<typeof createRecipientWriter>;
