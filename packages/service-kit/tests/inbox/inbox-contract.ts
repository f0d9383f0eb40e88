import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { INBOX_RETENTION_MS, idempotentHandler, OUTBOX_RETENTION_MS, purgeInbox } from '../../src/index.ts';
import type { StoreHarness } from '../support/store-harness.ts';
import { several } from '../support/test-events.ts';

/** What consumers rely on, whichever store holds the inbox. */
export function describeInboxContract(name: string, start: () => Promise<StoreHarness>): void {
  describe(`an inbox in ${name}`, () => {
    let store: StoreHarness;
    beforeAll(async () => {
      store = await start();
    });
    afterEach(() => store.clear());
    afterAll(() => store.stop());

    const counting = (consumer = 'counter') =>
      idempotentHandler({
        consumer,
        inbox: store.inbox,
        transactor: store.transactor,
        handle: (_event, tx) => store.add(tx, 1),
      });

    it('has an event applied once however often it comes', async () => {
      const handle = counting();
      for (const event of several(2)) {
        await handle(event);
        await handle(event);
      }
      expect(await store.total()).toBe(2);
    });

    it('has an event applied once that comes many times at the same moment', async () => {
      const [event] = several(1);
      if (!event) throw new Error('no event');
      const handle = counting();
      const results = await Promise.allSettled(Array.from({ length: 8 }, () => handle(event)));
      expect(results.some((result) => result.status === 'fulfilled')).toBe(true);
      await handle(event);
      expect(await store.total()).toBe(1);
    });

    it('has every consumer apply it', async () => {
      for (const event of several(1)) {
        await counting('one')(event);
        await counting('two')(event);
      }
      expect(await store.total()).toBe(2);
    });

    it('forgets an event whose handling failed, so that it is applied at the next try', async () => {
      let isBroken = true;
      const handle = idempotentHandler({
        consumer: 'counter',
        inbox: store.inbox,
        transactor: store.transactor,
        handle: async (_event, tx) => {
          await store.add(tx, 1);
          if (isBroken) throw new Error('broken');
        },
      });
      for (const event of several(1)) {
        await expect(handle(event)).rejects.toThrow('broken');
        expect(await store.total()).toBe(0);
        isBroken = false;
        await handle(event);
      }
      expect(await store.total()).toBe(1);
    });

    it('applies events that come together in one transaction, in their order', async () => {
      const order: string[] = [];
      const transactions = new Set<unknown>();
      const handle = idempotentHandler({
        consumer: 'counter',
        inbox: store.inbox,
        transactor: store.transactor,
        handle: async (event, tx) => {
          order.push(event.eventId);
          transactions.add(tx);
          await store.add(tx, 1);
        },
      });
      const events = several(20);
      await Promise.all(events.map((event) => handle(event)));
      expect(order).toEqual(events.map(({ eventId }) => eventId));
      // The first is worked on at once, the others as soon as it is done.
      expect(transactions.size).toBe(2);
      expect(await store.total()).toBe(20);
    });

    it('fails the one event that can’t be applied, and applies those that came with it', async () => {
      const events = several(10);
      const handle = idempotentHandler({
        consumer: 'counter',
        inbox: store.inbox,
        transactor: store.transactor,
        handle: async (event, tx) => {
          await store.add(tx, 1);
          if (event.eventId === events[6]?.eventId) throw new Error('broken');
        },
      });
      const results = await Promise.allSettled(events.map((event) => handle(event)));
      expect(results.map(({ status }) => status).indexOf('rejected')).toBe(6);
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(9);
      expect(await store.total()).toBe(9);
    });

    it('remembers events for longer than outboxes can send them again', async () => {
      expect(INBOX_RETENTION_MS).toBeGreaterThan(OUTBOX_RETENTION_MS + 24 * 60 * 60_000);
      const handle = counting();
      for (const event of several(3)) await handle(event);
      expect(await purgeInbox(store.inbox)).toBe(0);
      await store.age(INBOX_RETENTION_MS + 60_000);
      expect(await purgeInbox(store.inbox)).toBe(3);
    });
  });
}
