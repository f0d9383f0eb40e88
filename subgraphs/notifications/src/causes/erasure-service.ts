import { createEvent } from '@postbook/events';
import type { Inbox, MongoTransaction, Outbox, OutboxRelay, Transactor } from '@postbook/service-kit';
import type { ChangeRepository } from '../live/change-repository.ts';
import type { HeadRepository } from '../live/head-repository.ts';
import type { NotificationRepository } from '../notification/notification-repository.ts';
import type { PreferencesRepository } from '../preferences/preferences-repository.ts';
import type { SourceRepository } from './source-repository.ts';

/** What {@link createErasureService} works with. */
export interface ErasureParts {
  readonly transactor: Transactor<MongoTransaction>;
  readonly notifications: NotificationRepository;
  readonly sources: SourceRepository;
  readonly changes: ChangeRepository;
  readonly heads: HeadRepository;
  readonly preferences: PreferencesRepository;
  readonly inbox: Inbox<MongoTransaction>;
  readonly outbox: Outbox<MongoTransaction>;
  readonly relay: Pick<OutboxRelay, 'kick'>;
}

/** Name in the inbox under which receipts are remembered. */
const RECEIPTS = 'notifications-erasure';

/** Erases people. */
export function createErasureService(parts: ErasureParts) {
  const { transactor, notifications, sources, changes, heads, preferences, inbox, outbox, relay } = parts;
  const collections = [notifications, sources, changes, preferences];

  async function eraseFrom(userId: string, tx?: MongoTransaction): Promise<number> {
    let count = 0;
    for (const collection of collections) count += await collection.erase(userId, tx);
    return count;
  }

  return {
    /** Deletes all that a person was told and how they wanted it. May be run again. @returns how many items. */
    async eraseOwn(userId: string): Promise<number> {
      // Most of it by itself, as it may be much; then what came meanwhile, together with the head: whoever writes at the
      // same time meets this transaction there, and begins with numbers that nothing has.
      const count = await eraseFrom(userId);
      const rest = await transactor.run(async (tx) => {
        await heads.erase(userId, tx);
        return eraseFrom(userId, tx);
      });
      return count + rest;
    },

    /** Deletes what is left of a person in what others were told, once it has been taken back. */
    forgetActor: (userId: string): Promise<void> => sources.forgetActor(userId),

    /** The receipt that auth collects, once for each event. */
    async confirm(event: { eventId: string; version: number }, userId: string, erasedItems: number): Promise<void> {
      await transactor.run(async (tx) => {
        const isNew = (await inbox.record(tx, RECEIPTS, [event.eventId])).size > 0;
        if (!isNew) return;
        const receipt = createEvent({
          type: 'UserDataErased',
          aggregateId: userId,
          version: event.version,
          payload: { userId, service: 'notifications', erasedItems },
        });
        await outbox.append(tx, [receipt]);
        tx.afterCommit(() => relay.kick());
      });
    },
  };
}

/** What {@link createErasureService} returns. */
export type ErasureService = ReturnType<typeof createErasureService>;
