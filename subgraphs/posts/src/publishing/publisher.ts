import type { AnyEvent } from '@postbook/events';
import type { MongoTransaction, Outbox, OutboxRelay } from '@postbook/service-kit';

/** Hands events to the outbox in the transaction of what they tell; once committed, the relay is woken. */
export interface Publisher {
  publish(tx: MongoTransaction, events: readonly AnyEvent[]): Promise<void>;
}

/** Makes the publisher of a process. */
export const createPublisher = (outbox: Outbox<MongoTransaction>, relay: Pick<OutboxRelay, 'kick'>): Publisher => ({
  async publish(tx, events) {
    await outbox.append(tx, events);
    tx.afterCommit(() => relay.kick());
  },
});
