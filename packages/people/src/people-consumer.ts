import type { EventType } from '@postbook/events';
import {
  type Component,
  EVENTS_AT_ONCE,
  type EventBus,
  type EventConsumer,
  type Inbox,
  idempotentBatchHandler,
  isDuplicateKey,
  type MongoTransaction,
  type Transactor,
} from '@postbook/service-kit';
import { type PeopleCopies, writeCopies } from './people-copies.ts';
import { changesOf, EVENTS_OF, type Kept, type PeopleEvent, type PeopleEventType } from './people-events.ts';

/** The consumer group of a service's copies of people. */
export const peopleConsumerGroup = (service: string): string => `${service}-people`;

/** What {@link createPeopleConsumer} needs. */
export interface PeopleConsumerOptions extends PeopleCopies {
  /** The service whose copies they are, such as `chats`. */
  readonly service: string;
  readonly bus: EventBus;
  readonly inbox: Inbox<MongoTransaction>;
  readonly transactor: Transactor<MongoTransaction>;
  /** What the service needs, and nothing else: most events are about follows, and few services ask for them. */
  readonly keeps: readonly Kept[];
  /** Called once an event is in the copies. Rejections are logged; nothing is tried again. */
  readonly onApplied?: ((event: PeopleEvent) => void | Promise<void>) | undefined;
}

/** A consumer that says by how much the copies are behind. */
export interface PeopleConsumer extends Component {
  /** In milliseconds; 0 while it hasn't started. */
  lagMs(): number;
}

/** Keeps the local copies of cards, relations and settings up to date with their owners' events. */
export function createPeopleConsumer(options: PeopleConsumerOptions): PeopleConsumer {
  const { bus, inbox, onApplied, transactor } = options;
  const group = peopleConsumerGroup(options.service);
  const types: readonly PeopleEventType[] = options.keeps.flatMap((kept) => EVENTS_OF[kept]);
  let consumer: EventConsumer | undefined;

  async function apply(events: readonly PeopleEvent[], tx: MongoTransaction): Promise<void> {
    await writeCopies(options, tx, events.flatMap(changesOf));
    if (onApplied) for (const event of events) tx.afterCommit(() => onApplied(event));
  }

  const handle = idempotentBatchHandler<PeopleEventType & EventType, MongoTransaction>({
    consumer: group,
    inbox,
    transactor,
    handleAll: apply,
  });

  /** Two first events about a person may both try to make their card: the second try of the slower finds it made. */
  async function handleTwice(event: PeopleEvent): Promise<void> {
    try {
      await handle(event);
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      await handle(event);
    }
  }

  return {
    name: group,
    lagMs: () => consumer?.lagMs() ?? 0,
    async start() {
      consumer = await bus.consume({ group, types, handler: handleTwice, concurrency: EVENTS_AT_ONCE });
    },
    async stop() {
      await consumer?.stop();
    },
  };
}
