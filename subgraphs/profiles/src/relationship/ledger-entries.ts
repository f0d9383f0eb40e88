import type { ProfileStatistics } from '@postbook/db/profiles';
import type { AnyEvent } from '@postbook/events';
import type { MongoTransaction, Outbox } from '@postbook/service-kit';
import type { ActivityRepository, NewActivity } from '../activity/activity-repository.ts';
import type { ProfileRepository } from '../profile/profile-repository.ts';

/** One of the two was erased meanwhile; the transaction is undone. */
export class PersonGoneError extends Error {
  override readonly name = 'PersonGoneError';
}

/** Counts that edges change. */
export type EdgeCount = 'friendsCount' | 'followersCount' | 'followingCount';

/** What entries are written to. */
export interface EntryParts {
  readonly profiles: ProfileRepository;
  readonly activities: ActivityRepository;
  readonly outbox: Outbox<MongoTransaction>;
}

/** Collects counts, activities and events of one transaction, to be written at its end and once per person. */
export function createLedgerEntries({ activities, outbox, profiles }: EntryParts, tx: MongoTransaction) {
  const counts = new Map<string, Partial<ProfileStatistics>>();
  const events: AnyEvent[] = [];
  const deeds: NewActivity[] = [];
  let mustExist = false;
  return {
    count(userId: string, name: EdgeCount, by: 1 | -1): void {
      const changes = counts.get(userId) ?? {};
      counts.set(userId, { ...changes, [name]: (changes[name] ?? 0) + by });
      if (by > 0) mustExist = true;
    },

    deed(activityType: 'FriendAdded' | 'FriendRemoved', userId: string, friendId: string): void {
      deeds.push({ userId, activityType, metadata: { friendId }, isPublic: activityType === 'FriendAdded' });
    },

    tell: (event: AnyEvent): void => void events.push(event),

    /** @throws PersonGoneError when something was added with a person who doesn't exist any more. */
    async write(): Promise<void> {
      const found = await profiles.addToStatistics(tx, counts);
      if (mustExist && found < counts.size) throw new PersonGoneError('erased meanwhile');
      await activities.record(tx, deeds);
      await outbox.append(tx, events);
    },
  };
}
