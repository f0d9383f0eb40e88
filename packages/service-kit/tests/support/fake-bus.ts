import type { AnyEvent } from '@postbook/events';
import type { EventBus } from '../../src/index.ts';

/** The publisher's side of a bus that a test holds in its hands. */
export function createFakeBus() {
  const fake = {
    published: [] as AnyEvent[],
    isAway: false,
    epoch: 'first',
    incarnation: 'a',
    publishCalls: 0,
    /** Called after the events were taken and before the publisher hears of it. */
    afterTaking: async (): Promise<void> => undefined,
  };
  const check = () => {
    if (fake.isAway) throw new Error('the bus is away');
  };
  const bus: Pick<EventBus, 'publish' | 'epoch' | 'incarnation'> = {
    async publish(events) {
      fake.publishCalls += 1;
      check();
      fake.published.push(...events);
      await fake.afterTaking();
    },
    async epoch() {
      check();
      return fake.epoch;
    },
    async incarnation() {
      check();
      return fake.incarnation;
    },
  };
  return Object.assign(fake, { bus: bus as EventBus });
}
