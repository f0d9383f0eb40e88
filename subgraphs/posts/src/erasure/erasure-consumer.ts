import type { EventOf } from '@postbook/events';
import {
  type Component,
  type EventBus,
  type Inbox,
  idempotentHandler,
  type MongoTransaction,
  type Transactor,
} from '@postbook/service-kit';
import { createEventReader } from '../publishing/event-reader.ts';
import type { ErasureService } from './erasure-service.ts';

/** The group of the bus in which the processes of posts share the erasure of people. */
export const ERASURE_GROUP = 'posts-erasure';

/** What {@link createErasureConsumer} needs. */
export interface ErasureConsumerOptions {
  readonly bus: EventBus;
  readonly inbox: Inbox<MongoTransaction>;
  readonly transactor: Transactor<MongoTransaction>;
  readonly erasure: ErasureService;
}

/** Erases people whose accounts were. The receipt is given once, after all is gone. */
export function createErasureConsumer({ bus, inbox, transactor, erasure }: ErasureConsumerOptions): Component {
  return createEventReader(bus, {
    group: ERASURE_GROUP,
    types: ['UserPurged'],
    async handler(event: EventOf<'UserPurged'>) {
      const { userId } = event.payload;
      const erasedItems = await erasure.erase(userId);
      const confirmOnce = idempotentHandler<'UserPurged', MongoTransaction>({
        consumer: ERASURE_GROUP,
        inbox,
        transactor,
        handle: (purged, tx) => erasure.confirm(tx, purged.payload.userId, erasedItems, purged.version),
      });
      await confirmOnce(event);
    },
  });
}
