import { uuidv7 } from '@postbook/events';
import { Registry } from 'prom-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  createOutboxRelay,
  OUTBOX_RETENTION_MS,
  type OutboxRelay,
  type OutboxRelayOptions,
  silentLogger,
} from '../../src/index.ts';
import { createFakeBus } from '../support/fake-bus.ts';
import { createFakeTopics } from '../support/fake-topics.ts';
import type { StoreHarness } from '../support/store-harness.ts';
import { idsOf, renamed, several } from '../support/test-events.ts';
import { until } from '../support/until.ts';

/** What services rely on, whichever store holds the outbox. */
export function describeOutboxContract(name: string, start: () => Promise<StoreHarness>): void {
  describe(`an outbox in ${name}`, () => {
    let store: StoreHarness;
    let relays: OutboxRelay[] = [];
    beforeAll(async () => {
      store = await start();
    });
    afterEach(async () => {
      await Promise.all(relays.map((relay) => relay.stop()));
      relays = [];
      await store.clear();
    });
    afterAll(() => store.stop());

    const startRelay = async (fake: ReturnType<typeof createFakeBus>, options: Partial<OutboxRelayOptions> = {}) => {
      const relay = createOutboxRelay({
        name: 'test',
        repository: store.outbox,
        bus: fake.bus,
        log: silentLogger,
        pollMs: 20,
        ...options,
      });
      relays.push(relay);
      await relay.start();
      return relay;
    };
    const append = (events: ReturnType<typeof several>) =>
      store.transactor.run((tx) => store.outbox.append(tx, events));

    it('publishes what was committed, in the order appended', async () => {
      const fake = createFakeBus();
      const userId = uuidv7();
      const events = [1, 2, 3].map((version) => renamed(userId, version));
      await append(events.slice(0, 2));
      await append(events.slice(2));
      await startRelay(fake);
      await until(() => fake.published.length === 3);
      expect(fake.published).toEqual(events);
    });

    it('publishes nothing of a transaction that was undone', async () => {
      const fake = createFakeBus();
      const [undone, kept] = [several(1), several(1)];
      const failed = store.transactor.run(async (tx) => {
        await store.outbox.append(tx, undone);
        throw new Error('changed my mind');
      });
      await expect(failed).rejects.toThrow('changed my mind');
      await append(kept);
      await startRelay(fake);
      await until(() => fake.published.length > 0);
      expect(idsOf(fake.published)).toEqual(idsOf(kept));
    });

    it('publishes each event once while nothing fails', async () => {
      const fake = createFakeBus();
      const events = several(55);
      await startRelay(fake, { batchSize: 10 });
      for (let index = 0; index < events.length; index += 5) await append(events.slice(index, index + 5));
      await until(() => fake.published.length >= events.length);
      await until(async () => (await store.outbox.backlog()).pending === 0);
      expect(idsOf(fake.published)).toEqual(idsOf(events));
    });

    it('publishes at once after a kick', async () => {
      const fake = createFakeBus();
      const relay = await startRelay(fake, { pollMs: 60_000 });
      await until(async () => (await store.outbox.busMemory()).epoch === 'first');
      await store.transactor.run(async (tx) => {
        await store.outbox.append(tx, several(1));
        tx.afterCommit(() => relay.kick());
      });
      await until(() => fake.published.length === 1, 5_000);
    });

    it('publishes at once after a kick in another process than the one that publishes', async () => {
      const fake = createFakeBus();
      const topics = createFakeTopics();
      await startRelay(fake, { pollMs: 60_000, topics });
      await until(async () => (await store.outbox.busMemory()).epoch === 'first');
      const other = await startRelay(createFakeBus(), { pollMs: 60_000, topics });
      await append(several(1));
      other.kick();
      await until(() => fake.published.length === 1, 5_000);
    });

    it('reads past events that only a newer build knows, and keeps them for it', async () => {
      const fake = createFakeBus();
      const fromTheFuture = { ...renamed(uuidv7()), eventId: uuidv7(), type: 'FromTheFuture' } as unknown as ReturnType<
        typeof renamed
      >;
      const known = several(3);
      await append([fromTheFuture, { ...fromTheFuture, eventId: uuidv7() }, ...known]);
      await startRelay(fake, { batchSize: 2 });
      await until(() => fake.published.length === 3);
      expect(idsOf(fake.published)).toEqual(idsOf(known));
      await until(async () => (await store.outbox.backlog()).pending === 2);
    });

    it('is measured', async () => {
      const fake = createFakeBus();
      const metrics = new Registry();
      fake.isAway = true;
      await append(several(2));
      await startRelay(fake, { metrics });
      await until(async () => /outbox_errors_total\{outbox="test"\} [1-9]/.test(await metrics.metrics()));
      expect(await metrics.metrics()).toContain('outbox_pending{outbox="test"} 2');
      expect(await metrics.metrics()).toMatch(/outbox_lag_seconds\{outbox="test"\} 0\.?\d*/);
      fake.isAway = false;
      await until(async () => (await metrics.metrics()).includes('outbox_published_total{outbox="test"} 2'));
    });

    it('keeps events while the bus is away and publishes them when it is back', async () => {
      const fake = createFakeBus();
      fake.isAway = true;
      const events = several(3);
      await append(events);
      await startRelay(fake);
      await until(async () => (await store.outbox.backlog()).pending === 3);
      fake.isAway = false;
      await until(() => fake.published.length === 3);
      expect(idsOf(fake.published)).toEqual(idsOf(events));
    });

    it('publishes again what it may not have noted, so that a death loses nothing', async () => {
      const fake = createFakeBus();
      const events = several(2);
      await append(events);
      // The bus has the events but the answer is lost, as when either side dies at that moment.
      fake.afterTaking = async () => {
        fake.afterTaking = async () => undefined;
        throw new Error('connection lost');
      };
      await startRelay(fake);
      await until(() => fake.published.length === 4);
      expect(idsOf(fake.published)).toEqual([...idsOf(events), ...idsOf(events)]);
    });

    it('is published by one relay at a time', async () => {
      const fake = createFakeBus();
      const relaysOfTwo = await Promise.all([startRelay(fake), startRelay(fake)]);
      const events = several(40);
      for (const event of events) {
        await append([event]);
        for (const relay of relaysOfTwo) relay.kick();
      }
      await until(async () => (await store.outbox.backlog()).pending === 0);
      expect(idsOf(fake.published)).toEqual(idsOf(events));
    });

    it('passes to another relay when the one that publishes stops', async () => {
      const fake = createFakeBus();
      const first = await startRelay(fake, { leaseMs: 60_000 });
      await append(several(1));
      await until(() => fake.published.length === 1);
      await startRelay(fake, { leaseMs: 200 });
      await first.stop();
      await append(several(1));
      await until(() => fake.published.length === 2);
    });

    it('passes to another relay when the one that publishes died', async () => {
      expect(await store.outbox.holdLease('dead', 150)).toBe(true);
      expect(await store.outbox.holdLease('other', 150)).toBe(false);
      const fake = createFakeBus();
      await append(several(1));
      await startRelay(fake, { leaseMs: 300 });
      await until(() => fake.published.length === 1);
    });

    it('lets only the holder renew and release its lease', async () => {
      expect(await store.outbox.holdLease('one', 60_000)).toBe(true);
      expect(await store.outbox.holdLease('one', 60_000)).toBe(true);
      await store.outbox.releaseLease('two');
      expect(await store.outbox.holdLease('two', 60_000)).toBe(false);
      await store.outbox.releaseLease('one');
      expect(await store.outbox.holdLease('two', 60_000)).toBe(true);
    });

    it('is published again when the bus has lost everything', async () => {
      const fake = createFakeBus();
      const events = several(3);
      await append(events);
      const relay = await startRelay(fake);
      await until(() => fake.published.length === 3);
      await relay.stop();
      fake.epoch = 'second';
      await startRelay(fake);
      await until(() => fake.published.length === 6);
      expect(idsOf(fake.published.slice(3))).toEqual(idsOf(events));
      expect(await store.outbox.busMemory()).toEqual({ epoch: 'second', incarnation: 'a' });
    });

    it('is published again for its last minute when the bus has restarted', async () => {
      const fake = createFakeBus();
      const old = several(1);
      await append(old);
      const relay = await startRelay(fake);
      await until(() => fake.published.length === 1);
      await relay.stop();
      await store.age(2 * 60_000);
      const recent = several(1);
      await append(recent);
      const again = await startRelay(fake);
      await until(() => fake.published.length === 2);
      await again.stop();
      fake.incarnation = 'b';
      await startRelay(fake);
      await until(() => fake.published.length === 3);
      expect(idsOf(fake.published)).toEqual(idsOf([...old, ...recent, ...recent]));
    });

    it('keeps published events a week', async () => {
      const events = several(5);
      await append(events);
      await store.outbox.markPublished(idsOf(events.slice(0, 4)));
      const before = () => new Date(Date.now() - OUTBOX_RETENTION_MS);
      expect(await store.outbox.purgePublished(before(), 100)).toBe(0);
      await store.age(OUTBOX_RETENTION_MS + 60_000);
      expect(await store.outbox.purgePublished(before(), 3)).toBe(3);
      expect(await store.outbox.purgePublished(before(), 3)).toBe(1);
      expect((await store.outbox.unpublished(10)).map((each) => each.eventId)).toEqual(idsOf(events.slice(4)));
    });

    it('tells how far publishing is behind', async () => {
      expect(await store.outbox.backlog()).toEqual({ pending: 0, oldest: null });
      await append(several(2));
      const { pending, oldest } = await store.outbox.backlog();
      expect(pending).toBe(2);
      expect(Math.abs(Date.now() - (oldest?.getTime() ?? 0))).toBeLessThan(60_000);
    });
  });
}
