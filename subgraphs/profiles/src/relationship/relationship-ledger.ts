import type { ProfileStatistics } from '@postbook/db/profiles';
import { type AnyEvent, createEvent, relationshipId } from '@postbook/events';
import { currentRequestTrace, type MongoTransaction, type Outbox } from '@postbook/service-kit';
import type { ActivityRepository, NewActivity } from '../activity/activity-repository.ts';
import type { ProfileRepository } from '../profile/profile-repository.ts';
import type { EdgeRepository } from './edge-repository.ts';
import type { PairTransaction } from './pair-transactor.ts';

/** What the ledger writes to. */
export interface LedgerParts {
  readonly edges: EdgeRepository;
  readonly profiles: ProfileRepository;
  readonly activities: ActivityRepository;
  readonly outbox: Outbox<MongoTransaction>;
}

/** One of the two was erased meanwhile; the transaction is undone. */
export class PersonGoneError extends Error {
  override readonly name = 'PersonGoneError';
}

/** The request that a friendship comes from. */
export interface AcceptedRequest {
  readonly requestId: string;
  readonly senderId: string;
  readonly receiverId: string;
}

type Count = 'friendsCount' | 'followersCount' | 'followingCount';

/**
 * Collects what one transaction changes between two people: edges at once; counts, activities and events with `settle`.
 * Each step that is done already changes nothing, so counts and events always match the edges.
 */
export function createLedger(parts: LedgerParts, tx: PairTransaction) {
  const { edges, profiles, activities, outbox } = parts;
  const { revision } = tx;
  const at = new Date();
  const counts = new Map<string, Partial<ProfileStatistics>>();
  const events: AnyEvent[] = [];
  const deeds: NewActivity[] = [];
  const traceparent = currentRequestTrace()?.traceparent;
  let mustExist = false;

  function count(userId: string, name: Count, by: 1 | -1) {
    const changes = counts.get(userId) ?? {};
    counts.set(userId, { ...changes, [name]: (changes[name] ?? 0) + by });
    if (by > 0) mustExist = true;
  }

  const deed = (activityType: 'FriendAdded' | 'FriendRemoved', userId: string, friendId: string) =>
    deeds.push({ userId, activityType, metadata: { friendId }, isPublic: activityType === 'FriendAdded' });

  const ledger = {
    /** Adds an event of another aggregate, such as the friend request's. */
    tell: (event: AnyEvent) => void events.push(event),

    async follow(followerId: string, followedId: string): Promise<void> {
      if (!(await edges.add(tx, { from: followerId, to: followedId, kind: 'Follow' }, revision, at))) return;
      count(followerId, 'followingCount', 1);
      count(followedId, 'followersCount', 1);
      const aggregateId = relationshipId('Follow', followerId, followedId);
      const payload = { followerId, followedId };
      events.push(createEvent({ type: 'Followed', aggregateId, version: revision, payload, traceparent }));
    },

    async unfollow(followerId: string, followedId: string): Promise<void> {
      if (!(await edges.remove(tx, { from: followerId, to: followedId, kind: 'Follow' }))) return;
      count(followerId, 'followingCount', -1);
      count(followedId, 'followersCount', -1);
      const aggregateId = relationshipId('Follow', followerId, followedId);
      const payload = { followerId, followedId };
      events.push(createEvent({ type: 'Unfollowed', aggregateId, version: revision, payload, traceparent }));
    },

    /** Friendship, and following both ways with it (decisions, Profiles 2). */
    async befriend({ requestId, senderId, receiverId }: AcceptedRequest): Promise<void> {
      const isNew = await edges.add(tx, { from: senderId, to: receiverId, kind: 'Friend' }, revision, at);
      await edges.add(tx, { from: receiverId, to: senderId, kind: 'Friend' }, revision, at);
      if (isNew) {
        count(senderId, 'friendsCount', 1);
        count(receiverId, 'friendsCount', 1);
        deed('FriendAdded', senderId, receiverId);
        deed('FriendAdded', receiverId, senderId);
      }
      const aggregateId = relationshipId('Friend', senderId, receiverId);
      const payload = { requestId, fromUserId: senderId, toUserId: receiverId };
      events.push(createEvent({ type: 'FriendRequestAccepted', aggregateId, version: revision, payload, traceparent }));
      await ledger.follow(senderId, receiverId);
      await ledger.follow(receiverId, senderId);
    },

    async unfriend(removedById: string, otherId: string): Promise<void> {
      const wasFriend = await edges.remove(tx, { from: removedById, to: otherId, kind: 'Friend' });
      await edges.remove(tx, { from: otherId, to: removedById, kind: 'Friend' });
      if (!wasFriend) return;
      count(removedById, 'friendsCount', -1);
      count(otherId, 'friendsCount', -1);
      deed('FriendRemoved', removedById, otherId);
      const aggregateId = relationshipId('Friend', removedById, otherId);
      const payload = { userIds: [removedById, otherId].sort() as [string, string], removedById };
      events.push(createEvent({ type: 'FriendRemoved', aggregateId, version: revision, payload, traceparent }));
      await ledger.unfollow(removedById, otherId);
      await ledger.unfollow(otherId, removedById);
    },

    /** Ends everything between the two but blocks and requests. */
    async sever(actorId: string, otherId: string): Promise<void> {
      await ledger.unfriend(actorId, otherId);
      await ledger.unfollow(actorId, otherId);
      await ledger.unfollow(otherId, actorId);
    },

    async block(blockerId: string, blockedId: string): Promise<void> {
      if (!(await edges.add(tx, { from: blockerId, to: blockedId, kind: 'Block' }, revision, at))) return;
      const aggregateId = relationshipId('Block', blockerId, blockedId);
      const payload = { blockerId, blockedId };
      events.push(createEvent({ type: 'Blocked', aggregateId, version: revision, payload, traceparent }));
    },

    async unblock(blockerId: string, blockedId: string): Promise<void> {
      if (!(await edges.remove(tx, { from: blockerId, to: blockedId, kind: 'Block' }))) return;
      const aggregateId = relationshipId('Block', blockerId, blockedId);
      const payload = { blockerId, blockedId };
      events.push(createEvent({ type: 'Unblocked', aggregateId, version: revision, payload, traceparent }));
    },

    /**
     * Writes counts, activities and events. Call once, last.
     * @throws PersonGoneError when something was added with a person who doesn't exist any more.
     */
    async settle(): Promise<void> {
      const found = await profiles.addToStatistics(tx, counts);
      if (mustExist && found < counts.size) throw new PersonGoneError('erased meanwhile');
      await activities.record(tx, deeds);
      await outbox.append(tx, events);
    },
  };
  return ledger;
}

/** What {@link createLedger} returns. */
export type Ledger = ReturnType<typeof createLedger>;
