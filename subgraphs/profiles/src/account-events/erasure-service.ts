import { createEvent } from '@postbook/events';
import type { MongoTransaction, Outbox } from '@postbook/service-kit';
import type { ActivityRepository } from '../activity/activity-repository.ts';
import type { FriendRequestRepository } from '../friend-request/friend-request-repository.ts';
import { profileUpdated } from '../profile/profile-events.ts';
import type { ProfileRepository } from '../profile/profile-repository.ts';
import type { EdgeRepository } from '../relationship/edge-repository.ts';
import type { PairTransactor } from '../relationship/pair-transactor.ts';
import { createLedger } from '../relationship/relationship-ledger.ts';

/** How many people or requests are done at a time. */
const CHUNK = 200;

/** What {@link createErasureService} works with. */
export interface ErasureParts {
  readonly pairs: PairTransactor;
  readonly edges: EdgeRepository;
  readonly profiles: ProfileRepository;
  readonly requests: FriendRequestRepository;
  readonly activities: ActivityRepository;
  readonly outbox: Outbox<MongoTransaction>;
}

/** Erases people. */
export interface ErasureService {
  /** Leaves a tombstone of the page and tells other services. @returns false, and does nothing, the second time. */
  eraseProfile(tx: MongoTransaction, userId: string): Promise<boolean>;
  /**
   * Removes all that is between the person and others, and what they did: in small transactions, as one over a million
   * followers would never end. To be run until done; what is gone is not done again. @returns how many items.
   */
  eraseConnections(userId: string): Promise<number>;
  /** The receipt that auth collects. */
  confirm(tx: MongoTransaction, userId: string, erasedItems: number, version: number): Promise<void>;
}

/** The service of erasure. */
export function createErasureService(parts: ErasureParts): ErasureService {
  const { activities, edges, outbox, pairs, profiles, requests } = parts;

  const part = (userId: string, otherId: string) =>
    pairs.run(userId, otherId, async (tx) => {
      const ledger = createLedger(parts, tx);
      await ledger.sever(userId, otherId);
      await ledger.unblock(userId, otherId);
      await ledger.unblock(otherId, userId);
      await edges.remove(tx, { from: userId, to: otherId, kind: 'Mute' });
      await edges.remove(tx, { from: otherId, to: userId, kind: 'Mute' });
      await ledger.settle();
    });

  return {
    async eraseProfile(tx, userId) {
      const tombstone = await profiles.erase(tx, userId);
      if (tombstone) await outbox.append(tx, [createEvent(profileUpdated(tombstone))]);
      return tombstone !== undefined;
    },

    async eraseConnections(userId) {
      let count = 0;
      for (;;) {
        const others = await edges.neighbours(userId, CHUNK);
        for (const otherId of others) await part(userId, otherId);
        count += others.length;
        if (others.length < CHUNK) break;
      }
      for (;;) {
        const erased = await requests.erase(userId, CHUNK);
        count += erased;
        if (erased === 0) break;
      }
      // Last: parting from friends is an activity too.
      return count + (await activities.erase(userId));
    },

    confirm: (tx, userId, erasedItems, version) =>
      outbox.append(tx, [
        createEvent({
          type: 'UserDataErased',
          aggregateId: userId,
          version,
          payload: { userId, service: 'profiles', erasedItems },
        }),
      ]),
  };
}
