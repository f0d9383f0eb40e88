import type { LiveTopics, MongoTransaction } from '@postbook/service-kit';
import type { Change } from '../live/change.ts';
import type { ChangeRepository } from '../live/change-repository.ts';
import type { HeadRepository } from '../live/head-repository.ts';
import { announce } from '../live/notification-topic.ts';
import { changesToTell, type Happening } from './changes-to-tell.ts';

/** What the ledger writes to. */
export interface LedgerParts {
  readonly changes: ChangeRepository;
  readonly heads: HeadRepository;
  readonly live: LiveTopics;
  readonly now: () => Date;
}

/** What happens to some people's notifications in one transaction. */
export interface Ledger {
  /** When it is. */
  readonly at: Date;
  /** Notes what a step did. The person must be one of those whom the ledger was opened for. */
  note(userId: string, happening: Happening): void;
  /** Writes what is to be told and where it ends. Call once, last. */
  settle(): Promise<void>;
}

/** Opens the ledger of some people; nobody else writes to their notifications until the transaction ends. */
export async function openLedger(
  { changes, heads, live, now }: LedgerParts,
  tx: MongoTransaction,
  userIds: readonly string[],
): Promise<Ledger> {
  const at = now();
  const sequences = await heads.claim(tx, userIds);
  const happenings = new Map<string, Happening[]>();

  const toldOf = ([userId, steps]: [string, Happening[]]): Change[] => {
    const head = sequences.get(userId);
    if (head === undefined) throw new Error('the ledger was not opened for this person');
    return changesToTell(steps).map((change, index) => ({ ...change, userId, sequence: head + index + 1 }));
  };

  return {
    at,
    note(userId, happening) {
      happenings.set(userId, [...(happenings.get(userId) ?? []), happening]);
    },

    async settle() {
      const told = [...happenings].flatMap(toldOf);
      if (told.length === 0) return;
      await changes.insert(tx, told, at);
      await heads.advance(tx, new Map(told.map(({ userId, sequence }) => [userId, sequence])));
      tx.afterCommit(() => {
        for (const change of told) void announce(live, change);
      });
    },
  };
}
