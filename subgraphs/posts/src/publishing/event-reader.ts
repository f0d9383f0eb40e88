import type { EventType } from '@postbook/events';
import type { Component, ConsumeOptions, EventBus, EventConsumer } from '@postbook/service-kit';

/**
 * Consumes events while the service runs, for handlers whose effects may be repeated and so need no inbox: what they
 * write is decided by what the store holds, not by the event.
 */
export function createEventReader<T extends EventType>(bus: EventBus, options: ConsumeOptions<T>): Component {
  let consumer: EventConsumer | undefined;
  return {
    name: `events for ${options.group}`,
    async start() {
      consumer ??= await bus.consume(options);
    },
    async stop() {
      await consumer?.stop();
    },
  };
}
