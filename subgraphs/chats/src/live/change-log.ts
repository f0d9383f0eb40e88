import type { AnyEvent } from '@postbook/events';
import type { LiveTopics, MongoTransaction, Outbox, OutboxRelay } from '@postbook/service-kit';
import type { Change } from './change.ts';
import type { ChangeRepository } from './change-repository.ts';
import { announce } from './conversation-topic.ts';

/** A change with the event that tells other services of it. */
export interface LoggedChange {
  readonly change: Change;
  readonly event: AnyEvent;
}

/** What {@link createChangeLog} needs. */
export interface ChangeLogOptions {
  readonly changes: ChangeRepository;
  readonly outbox: Outbox<MongoTransaction>;
  readonly relay: Pick<OutboxRelay, 'kick'>;
  readonly live: LiveTopics;
}

/**
 * Where every lasting change of a conversation goes, in the transaction that makes it: to the log that subscriptions
 * catch up from and to the outbox; once committed, to those who listen now.
 */
export function createChangeLog({ changes, outbox, relay, live }: ChangeLogOptions) {
  return {
    async append(tx: MongoTransaction, logged: readonly LoggedChange[], at: Date): Promise<void> {
      await changes.insert(
        tx,
        logged.map(({ change }) => change),
        at,
      );
      await outbox.append(
        tx,
        logged.map(({ event }) => event),
      );
      tx.afterCommit(() => {
        for (const { change } of logged) void announce(live, change.conversationId, change);
        relay.kick();
      });
    },
  };
}

/** What {@link createChangeLog} returns. */
export type ChangeLog = ReturnType<typeof createChangeLog>;
