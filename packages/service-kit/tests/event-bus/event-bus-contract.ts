import { type AnyEvent, createEvent, type EventType, uuidv7 } from '@postbook/events';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ConsumeOptions, type EventBus, RetryLaterError } from '../../src/index.ts';
import { until } from '../support/until.ts';

/** How far the server's clock and ours may be apart by rounding. */
const CLOCK_GRAIN_MS = 20;

/** What an implementation gives the suite to be held to the contract. */
export interface EventBusHarness {
  /** A bus as one process has it. Buses of one harness share what they carry. */
  connect(): EventBus;
  /** Ends a bus as a crash would: nothing is acknowledged or handed over any more. */
  crash(bus: EventBus): Promise<void>;
  /** Kills the server and starts it again with what its journal holds. */
  restart(): Promise<void>;
  /** The server forgets everything. */
  flush(): Promise<void>;
  stop(): Promise<void>;
}

/** The behaviour that services rely on, whatever carries the events. */
export function describeEventBusContract(name: string, start: () => Promise<EventBusHarness>): void {
  describe(`${name} as an event bus`, () => {
    let harness: EventBusHarness;
    let bus: EventBus;
    let group: string;
    const buses: EventBus[] = [];
    const connect = () => {
      const made = harness.connect();
      buses.push(made);
      return made;
    };

    beforeAll(async () => {
      harness = await start();
      bus = connect();
      await until(() => bus.epoch().catch(() => ''));
    });
    beforeEach(() => {
      group = `group-${uuidv7()}`;
    });
    afterAll(async () => {
      await Promise.all(buses.map((each) => each.close()));
      await harness.stop();
    });

    const renamed = (userId: string, version: number) =>
      createEvent({
        type: 'UsernameChanged',
        aggregateId: userId,
        version,
        payload: { userId, username: `v${version}` },
      });
    const several = (count: number) => Array.from({ length: count }, () => renamed(uuidv7(), 1));

    /** Joins a group that notes what it handled; only events of `only`, as earlier tests' are delivered too. */
    const collect = async (
      on: EventBus,
      only: readonly AnyEvent[],
      options: Partial<ConsumeOptions<EventType>> = {},
    ) => {
      const wanted = new Set(only.map((event) => event.eventId));
      const handled: AnyEvent[] = [];
      const consumer = await on.consume({
        group,
        types: ['UsernameChanged', 'UserPurged'],
        sweepMs: 20,
        retryDelayMs: () => 20,
        ...options,
        handler: async (event, delivery) => {
          if (!wanted.has(event.eventId)) return;
          await options.handler?.(event, delivery);
          handled.push(event);
        },
      });
      return { handled, consumer };
    };
    const ids = (events: readonly AnyEvent[]) => events.map((event) => event.eventId).sort();

    it('delivers every event to every group, once each', async () => {
      const events = several(50);
      const first = await collect(bus, events);
      const second = await collect(bus, events, { group: `${group}-b` });
      await bus.publish(events);
      await until(() => first.handled.length >= 50 && second.handled.length >= 50);
      await first.consumer.stop();
      await second.consumer.stop();
      expect(ids(first.handled)).toEqual(ids(events));
      expect(ids(second.handled)).toEqual(ids(events));
    });

    it('tells how many events each group has not acknowledged', async () => {
      const released = Promise.withResolvers<void>();
      const events = several(12);
      const { consumer, handled } = await collect(bus, events, { handler: () => released.promise });
      const backlogOf = async () => (await bus.backlog()).get(group);
      // Of other tests' events, which are handed to this group too.
      await until(async () => (await backlogOf()) === 0);
      await bus.publish(events);
      await until(async () => (await backlogOf()) === 12);
      released.resolve();
      await until(async () => handled.length === 12 && (await backlogOf()) === 0);
      await consumer.stop();
    });

    it('delivers what was published before the group existed or while none of its members ran', async () => {
      const [early, late] = [several(3), several(3)];
      await bus.publish(early);
      const first = await collect(bus, early);
      await until(() => first.handled.length === 3);
      await first.consumer.stop();
      await bus.publish(late);
      const second = await collect(bus, [...early, ...late]);
      await until(() => second.handled.length === 3);
      await second.consumer.stop();
      expect(ids(second.handled)).toEqual(ids(late));
    });

    it('shares the events of a group among its members', async () => {
      const events = several(200);
      const one = await collect(bus, events);
      const two = await collect(connect(), events);
      await bus.publish(events);
      await until(() => one.handled.length + two.handled.length >= 200);
      await Promise.all([one.consumer.stop(), two.consumer.stop()]);
      expect(ids([...one.handled, ...two.handled])).toEqual(ids(events));
    });

    it('keeps the order of an aggregate while nothing fails', async () => {
      const users = [uuidv7(), uuidv7(), uuidv7()];
      const events = Array.from({ length: 100 }, (_, index) => users.map((user) => renamed(user, index + 1))).flat();
      const { handled, consumer } = await collect(bus, events, { concurrency: 4 });
      await bus.publish(events);
      await until(() => handled.length === events.length);
      await consumer.stop();
      for (const user of users) {
        const versions = handled.filter((event) => event.aggregateId === user).map((event) => event.version);
        expect(versions).toEqual(versions.toSorted((a, b) => a - b));
      }
    });

    it('passes events of types the group did not ask for', async () => {
      const userId = uuidv7();
      const other = createEvent({ type: 'EmailChanged', aggregateId: userId, version: 1, payload: { userId } });
      const wanted = renamed(userId, 2);
      const { handled, consumer } = await collect(bus, [other, wanted]);
      await bus.publish([other, wanted]);
      await until(() => handled.length > 0);
      await consumer.stop();
      expect(handled).toEqual([wanted]);
      expect((await bus.deadLetters(group)).items).toEqual([]);
    });

    it('gives the events of a member that crashed to another', async () => {
      const events = several(1);
      const doomed = connect();
      const taken = Promise.withResolvers<void>();
      await collect(doomed, events, {
        drainMs: 0,
        handler: () => {
          taken.resolve();
          return new Promise<void>(() => undefined);
        },
      });
      await bus.publish(events);
      await taken.promise;
      await harness.crash(doomed);
      const survivor = await collect(bus, events, { claimIdleMs: 100 });
      await until(() => survivor.handled.length === 1);
      await survivor.consumer.stop();
    });

    it('leaves an event with its member however long the handler takes', async () => {
      const events = several(1);
      const release = Promise.withResolvers<void>();
      const slow = await collect(bus, events, { claimIdleMs: 200, handler: () => release.promise });
      const idle = await collect(connect(), events, { claimIdleMs: 200, group });
      await bus.publish(events);
      const startedAt = Date.now();
      await until(() => Date.now() - startedAt > 1_000 || idle.handled.length > 0);
      release.resolve();
      await until(() => slow.handled.length + idle.handled.length === 1);
      await Promise.all([slow.consumer.stop(), idle.consumer.stop()]);
    });

    it('tries a failed event again, then makes it a dead letter', async () => {
      const events = several(1);
      const attempts: number[] = [];
      const { handled, consumer } = await collect(bus, events, {
        maxAttempts: 3,
        handler: async (_event, { attempt }) => {
          attempts.push(attempt);
          throw new TypeError('cannot');
        },
      });
      await bus.publish(events);
      const [letter] = await until(async () => {
        const { items } = await bus.deadLetters(group);
        return items.length > 0 && items;
      });
      await consumer.stop();
      expect(attempts).toEqual([1, 2, 3]);
      expect(handled).toEqual([]);
      expect(letter).toMatchObject({ group, attempts: 3, reason: 'TypeError: cannot', failedAt: expect.any(Date) });
      expect(JSON.parse(letter?.body ?? '')).toEqual(events[0]);
    });

    it('waits longer after each failure', async () => {
      const events = several(1);
      const times: number[] = [];
      const { handled, consumer } = await collect(bus, events, {
        retryDelayMs: (attempt) => attempt * 150,
        handler: async () => {
          times.push(Date.now());
          if (times.length < 3) throw new Error('not yet');
        },
      });
      const publishedAt = Date.now();
      await bus.publish(events);
      await until(() => handled.length === 1);
      await consumer.stop();
      // A wait begins with the delivery, which a busy handler may begin after: only the sums have a lower bound.
      const [, second = 0, third = 0] = times;
      expect(second - publishedAt).toBeGreaterThanOrEqual(150 - CLOCK_GRAIN_MS);
      expect(third - publishedAt).toBeGreaterThanOrEqual(450 - CLOCK_GRAIN_MS);
    });

    it('does not count tries that failed because a store was away', async () => {
      const events = several(1);
      let tries = 0;
      const { handled, consumer } = await collect(bus, events, {
        maxAttempts: 2,
        handler: async () => {
          tries += 1;
          if (tries < 6) throw new RetryLaterError('the store is away');
        },
      });
      await bus.publish(events);
      await until(() => handled.length === 1);
      await consumer.stop();
      expect(tries).toBe(6);
      expect((await bus.deadLetters(group)).items).toEqual([]);
    });

    it('delivers a redriven dead letter to its own group only', async () => {
      const events = several(2);
      let isBroken = true;
      const failing = await collect(bus, events, {
        maxAttempts: 1,
        handler: async () => {
          if (isBroken) throw new Error('broken');
        },
      });
      const other = await collect(bus, events, { group: `${group}-b` });
      await bus.publish(events);
      await until(async () => (await bus.deadLetters(group)).items.length === 2);
      isBroken = false;
      const [first] = (await bus.deadLetters(group)).items;
      expect(await bus.redrive(group, { ids: [first?.id ?? ''] })).toBe(1);
      await until(() => failing.handled.length === 1);
      expect(await bus.redrive(group)).toBe(1);
      await until(() => failing.handled.length === 2);
      expect((await bus.deadLetters(group)).items).toEqual([]);
      expect(await bus.redrive(group)).toBe(0);
      await Promise.all([failing.consumer.stop(), other.consumer.stop()]);
      expect(ids(other.handled)).toEqual(ids(events));
    });

    it('shows dead letters in pages', async () => {
      const events = several(5);
      const { consumer } = await collect(bus, events, {
        maxAttempts: 1,
        handler: async () => {
          throw new Error('broken');
        },
      });
      await bus.publish(events);
      await until(async () => (await bus.deadLetters(group)).items.length === 5);
      await consumer.stop();
      const seen: string[] = [];
      let after: string | undefined;
      do {
        const page = await bus.deadLetters(group, { limit: 2, ...(after === undefined ? {} : { after }) });
        expect(page.items.length).toBeLessThanOrEqual(2);
        seen.push(...page.items.map((letter) => letter.id));
        after = page.next ?? undefined;
      } while (after !== undefined);
      expect(new Set(seen).size).toBe(5);
    });

    it('lets running handlers finish at a stop and leaves the rest to others at once', async () => {
      const events = several(20);
      const release = Promise.withResolvers<void>();
      const first = await collect(bus, events, { concurrency: 1, handler: () => release.promise });
      await bus.publish(events);
      const lagging = first.consumer;
      await until(() => lagging.lagMs() > 0);
      const stopped = first.consumer.stop();
      release.resolve();
      await stopped;
      const handledAtStop = first.handled.length;
      const second = await collect(bus, events);
      await until(() => first.handled.length + second.handled.length === 20, 5_000);
      await second.consumer.stop();
      expect(first.handled.length).toBe(handledAtStop);
      expect(ids([...first.handled, ...second.handled])).toEqual(ids(events));
    });

    it('reports no lag once everything is handled', async () => {
      const events = several(5);
      const { handled, consumer } = await collect(bus, events);
      await bus.publish(events);
      await until(() => handled.length === 5);
      await until(() => consumer.lagMs() === 0);
      await consumer.stop();
    });

    it('goes on after the server was killed, without losing what it had taken', async () => {
      const [before, after] = [several(30), several(30)];
      const { handled, consumer } = await collect(bus, [...before, ...after]);
      await bus.publish(before);
      const [epoch, incarnation] = [await bus.epoch(), await bus.incarnation()];
      await harness.restart();
      await until(() =>
        bus.publish(after).then(
          () => true,
          () => false,
        ),
      );
      await until(() => new Set(ids(handled)).size === 60);
      await consumer.stop();
      expect(await bus.epoch()).toBe(epoch);
      expect(await bus.incarnation()).not.toBe(incarnation);
    });

    it('goes on after the server has forgotten everything, and says so by another epoch', async () => {
      const [before, after] = [several(3), several(3)];
      const { handled, consumer } = await collect(bus, [...before, ...after]);
      await bus.publish(before);
      await until(() => handled.length === 3);
      const epoch = await bus.epoch();
      expect(await bus.epoch()).toBe(epoch);
      await harness.flush();
      expect(await bus.epoch()).not.toBe(epoch);
      await bus.publish(after);
      await until(() => handled.length === 6);
      await consumer.stop();
    });
  });
}
