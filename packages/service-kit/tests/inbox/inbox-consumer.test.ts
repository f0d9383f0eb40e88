import type { AnyEvent } from '@postbook/events';
import { expect, it } from 'vitest';
import { createInboxConsumer, type EventBus, type Inbox, type Transaction, type Transactor } from '../../src/index.ts';
import { several } from '../support/test-events.ts';

it('an event that can have no effect costs no transaction', async () => {
  let deliver: (event: AnyEvent) => Promise<void> = async () => undefined;
  const bus = {
    consume: async ({ handler }: { handler: typeof deliver }) => {
      deliver = handler;
      return { lagMs: () => 0, stop: async () => undefined };
    },
  } as unknown as EventBus;
  let transactions = 0;
  const transactor: Transactor<Transaction> = {
    run(work) {
      transactions += 1;
      return work({ afterCommit: () => undefined });
    },
  };
  const inbox: Inbox<Transaction> = { record: async (_tx, _consumer, ids) => new Set(ids) };
  const [wanted, other] = several(2) as [AnyEvent, AnyEvent];
  const applied: string[] = [];
  const consumer = createInboxConsumer({
    bus,
    group: 'tests',
    types: ['UsernameChanged'],
    inbox,
    transactor,
    concerns: ({ eventId }) => eventId === wanted.eventId,
    handle: async ({ eventId }) => void applied.push(eventId),
  });
  await consumer.start();
  await deliver(wanted);
  await deliver(other);
  expect([applied, transactions]).toEqual([[wanted.eventId], 1]);
});
