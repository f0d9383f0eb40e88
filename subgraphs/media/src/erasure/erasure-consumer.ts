import type { EventOf } from '@postbook/events';
import {
  type Component,
  type EventBus,
  type EventConsumer,
  type Inbox,
  idempotentHandler,
  type MongoTransaction,
  type Transactor,
} from '@postbook/service-kit';
import type { ErasureService } from './erasure-service.ts';

/** The group of the bus in which the processes of media share erasures. */
export const ERASURE_GROUP = 'media-erasure';

/** What {@link createErasureConsumer} works with. */
export interface ErasureConsumerParts {
  readonly bus: EventBus;
  readonly inbox: Inbox<MongoTransaction>;
  readonly transactor: Transactor<MongoTransaction>;
  readonly erasure: ErasureService;
  /** Called when an event may wait. */
  onEvent(): void;
}

/** Erases the files of people whose account was purged, and gives the receipt once they are gone. */
export function createErasureConsumer({ bus, inbox, transactor, erasure, onEvent }: ErasureConsumerParts): Component {
  let consumer: EventConsumer | undefined;

  const confirmOnce = (erasedItems: number) =>
    idempotentHandler<'UserPurged', MongoTransaction>({
      consumer: ERASURE_GROUP,
      inbox,
      transactor,
      async handle(event, tx) {
        await erasure.confirm(tx, event.payload.userId, erasedItems, event.version);
        tx.afterCommit(onEvent);
      },
    });

  async function handler(event: EventOf<'UserPurged'>): Promise<void> {
    const erasedItems = await erasure.eraseFiles(event.payload.userId);
    await confirmOnce(erasedItems)(event);
  }

  return {
    name: ERASURE_GROUP,
    async start() {
      consumer = await bus.consume({ group: ERASURE_GROUP, types: ['UserPurged'], handler });
    },
    async stop() {
      await consumer?.stop();
    },
  };
}
