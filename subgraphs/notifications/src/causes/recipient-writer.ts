import {
  createBatchQueue,
  type Inbox,
  isTransientError,
  type MongoTransaction,
  type Transactor,
} from '@postbook/service-kit';
import { type LedgerParts, openLedger, WITHDRAWN_AT_ONCE } from '../notification/notification-ledger.ts';
import { isOver, mayTell, type RecipientFacts } from '../notification/notification-policy.ts';
import type { Cause, Effect } from './cause.ts';
import type { FactReader } from './recipient-facts.ts';
import type { Withdrawal } from './source-repository.ts';

/** The group of the bus in which the processes of notifications share events. */
export const CONSUMER_GROUP = 'notifications';

/** What an event does to one person, applied together. */
export interface Delivery {
  readonly effects: readonly Effect[];
  /** The event, when this is all that it does: noted with its effects. */
  readonly eventId?: string;
}

/** What {@link createRecipientWriter} needs. */
export interface RecipientWriterOptions extends LedgerParts {
  readonly transactor: Transactor<MongoTransaction>;
  readonly inbox: Inbox<MongoTransaction>;
  readonly readFacts: FactReader;
  /** Called when somebody turns out to be erased after something was written for them. */
  readonly onErased: (userId: string) => Promise<void>;
}

/** Deliveries applied in one transaction. */
const MAX_BATCH = 50;
/** Far more than the bus hands out at a time. */
const MAX_WAITING = 10_000;

const causesOf = (deliveries: readonly Delivery[]): Cause[] =>
  deliveries.flatMap(({ effects }) => effects.flatMap((effect) => (effect.kind === 'Tell' ? [effect.cause] : [])));

/**
 * Writes to people's notifications. In a process the deliveries of one person wait for each other and share a
 * transaction; between processes transactions that meet are tried again.
 */
export function createRecipientWriter(options: RecipientWriterOptions) {
  const { transactor, inbox, readFacts, sources, onErased, now } = options;

  const isWanted = (userId: string, effect: Effect, facts: RecipientFacts): boolean =>
    effect.kind === 'TakeBack' || (mayTell(userId, effect.cause, facts) && !isOver(effect.cause, now()));

  /** The deliveries whose event was not applied before. */
  async function fresh(tx: MongoTransaction, deliveries: readonly Delivery[]): Promise<Delivery[]> {
    const eventIds = new Set(deliveries.flatMap(({ eventId }) => eventId ?? []));
    if (eventIds.size === 0) return [...deliveries];
    const waiting = new Set(await inbox.record(tx, CONSUMER_GROUP, [...eventIds]));
    return deliveries.filter(({ eventId }) => eventId === undefined || waiting.delete(eventId));
  }

  async function write(userId: string, deliveries: readonly Delivery[], facts: RecipientFacts): Promise<void> {
    await transactor.run(async (tx) => {
      const effects = (await fresh(tx, deliveries))
        .flatMap((delivery) => delivery.effects)
        .filter((effect) => isWanted(userId, effect, facts));
      if (effects.length === 0) return;
      const ledger = await openLedger(options, tx, userId);
      for (const effect of effects) await ledger.apply(effect);
      await ledger.settle();
    });
  }

  async function withdraw(userId: string, withdrawal: Withdrawal | { readonly keys: readonly string[] }) {
    return transactor.run(async (tx) => {
      const ledger = await openLedger(options, tx, userId);
      const count = await ledger.withdraw(withdrawal);
      await ledger.settle();
      return count;
    });
  }

  /**
   * Takes back what became forbidden while it was written. Whoever forbids something (a block, a deletion) first notes it
   * and then looks for what there is to take back; we first write and then look for what is forbidden: one of the two sees
   * the other, whatever the order. Also done for repeated events, since a process may have died before it got here.
   */
  async function checkAgain(userId: string, causes: readonly Cause[]): Promise<void> {
    if (causes.length === 0) return;
    const facts = await readFacts(userId, causes);
    if (facts.isErased) return onErased(userId);
    const forbidden = causes.filter((cause) => !mayTell(userId, cause, facts)).map(({ key }) => key);
    if (forbidden.length === 0) return;
    const written = await sources.activeByKeys(undefined, userId, forbidden);
    if (written.length > 0) await withdraw(userId, { keys: written.map(({ key }) => key) });
  }

  async function work(userId: string, deliveries: readonly Delivery[]): Promise<undefined[]> {
    const causes = causesOf(deliveries);
    await write(userId, deliveries, await readFacts(userId, causes));
    await checkAgain(userId, causes);
    return deliveries.map(() => undefined);
  }

  const queue = createBatchQueue<Delivery, undefined>({
    maxBatch: MAX_BATCH,
    maxWaiting: MAX_WAITING,
    work,
    isCommonFailure: isTransientError,
  });

  return {
    /** Applies what an event does to a person. Repeats change nothing. */
    deliver: async (userId: string, delivery: Delivery): Promise<void> => queue.add(userId, delivery),

    /** Takes everything of a kind back from a person, in bounded transactions. */
    async withdrawAll(userId: string, withdrawal: Withdrawal): Promise<number> {
      for (let total = 0; ; ) {
        const count = await withdraw(userId, withdrawal);
        total += count;
        if (count < WITHDRAWN_AT_ONCE) return total;
      }
    },
  };
}

/** What {@link createRecipientWriter} returns. */
export type RecipientWriter = ReturnType<typeof createRecipientWriter>;
