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
