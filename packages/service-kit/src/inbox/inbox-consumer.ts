import type { EventOf, EventType } from '@postbook/events';
import type { ConsumeOptions, EventBus, EventConsumer } from '../event-bus/event-bus.ts';
import type { Component } from '../lifecycle/component.ts';
import type { Transaction } from '../transactions/transactor.ts';
import { EVENTS_AT_ONCE, type IdempotentHandlerOptions, idempotentHandler } from './inbox.ts';

/** Options of {@link createInboxConsumer}: what to consume, and how its effects are kept to once. */
export type InboxConsumerOptions<T extends EventType, Tx extends Transaction> = Omit<ConsumeOptions<T>, 'handler'> &
  Omit<IdempotentHandlerOptions<NoInfer<T>, Tx>, 'consumer'> & {
    readonly bus: EventBus;
    /** Whether an event can have an effect at all. One that can't costs no transaction. Default: every one can. */
    readonly concerns?: (event: EventOf<NoInfer<T>>) => boolean;
  };

/** A consumer with a place in a service's life. */
export interface InboxConsumer extends Component {
  /** See {@link EventConsumer.lagMs}; infinite while not started. */
  lagMs(): number;
}

/**
 * Consumes events while the service runs, each with its effects in one transaction and exactly once. The inbox knows the
 * consumer by its group's name, so renaming a group makes it apply what the bus still holds again.
 */
export function createInboxConsumer<T extends EventType, Tx extends Transaction>(
  options: InboxConsumerOptions<T, Tx>,
): InboxConsumer {
  const { bus, concerns = () => true, inbox, transactor, handle, ...consume } = options;
  let consumer: EventConsumer | undefined;
  return {
    name: `events for ${options.group}`,
    async start() {
      const apply = idempotentHandler<T, Tx>({ consumer: options.group, inbox, transactor, handle });
      const handler = async (event: EventOf<T>) => {
        if (concerns(event)) await apply(event);
      };
      consumer ??= await bus.consume({ concurrency: EVENTS_AT_ONCE, ...consume, handler });
    },
    lagMs: () => consumer?.lagMs() ?? Number.POSITIVE_INFINITY,
    async stop() {
      await consumer?.stop();
    },
  };
}
