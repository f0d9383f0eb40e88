import type { AnyEvent } from '@postbook/events';
import type { EdgeRepository } from './edge-repository.ts';
import { createLedgerEntries, type EntryParts } from './ledger-entries.ts';
import type { PairTransaction } from './pair-transactor.ts';
import { type AcceptedRequest, blockEvent, followEvent, friendAdded, friendRemoved } from './relationship-events.ts';

/** What the ledger writes to. */
export interface LedgerParts extends EntryParts {
  readonly edges: EdgeRepository;
}

/** Changes between two people within one transaction. */
export interface Ledger {
  /** Adds an event of another aggregate, such as the friend request's. */
  tell(event: AnyEvent): void;
  follow(followerId: string, followedId: string): Promise<void>;
  unfollow(followerId: string, followedId: string): Promise<void>;
  /** Friendship, and following both ways with it (decisions, Profiles 2). */
  befriend(request: AcceptedRequest): Promise<void>;
  /** Ends a friendship and, if there was one, following both ways. */
  unfriend(removedById: string, otherId: string): Promise<void>;
  /** Ends everything between the two but blocks and requests. */
  sever(actorId: string, otherId: string): Promise<void>;
  block(blockerId: string, blockedId: string): Promise<void>;
  unblock(blockerId: string, blockedId: string): Promise<void>;
  /**
   * Writes counts, activities and events. Call once, last.
   * @throws PersonGoneError when something was added with a person who doesn't exist any more.
   */
  settle(): Promise<void>;
}

/**
 * Changes edges at once and collects counts, activities and events for `settle`. Each step that is done already changes
 * nothing, so counts and events always match the edges.
 */
export function createLedger(parts: LedgerParts, tx: PairTransaction): Ledger {
  const { edges } = parts;
  const { revision } = tx;
  const at = new Date();
  const entries = createLedgerEntries(parts, tx);
  const add = (kind: 'Friend' | 'Follow' | 'Block', from: string, to: string) =>
    edges.add(tx, { from, to, kind }, revision, at);
  const remove = (kind: 'Friend' | 'Follow' | 'Block', from: string, to: string) =>
    edges.remove(tx, { from, to, kind });

  async function follow(followerId: string, followedId: string) {
    if (!(await add('Follow', followerId, followedId))) return;
    entries.count(followerId, 'followingCount', 1);
    entries.count(followedId, 'followersCount', 1);
    entries.tell(followEvent('Followed', followerId, followedId, revision));
  }

  async function unfollow(followerId: string, followedId: string) {
    if (!(await remove('Follow', followerId, followedId))) return;
    entries.count(followerId, 'followingCount', -1);
    entries.count(followedId, 'followersCount', -1);
    entries.tell(followEvent('Unfollowed', followerId, followedId, revision));
  }

  async function befriend(request: AcceptedRequest) {
    const { senderId, receiverId } = request;
    const isNew = await add('Friend', senderId, receiverId);
    await add('Friend', receiverId, senderId);
    if (isNew) {
      entries.count(senderId, 'friendsCount', 1);
      entries.count(receiverId, 'friendsCount', 1);
      entries.deed('FriendAdded', senderId, receiverId);
      entries.deed('FriendAdded', receiverId, senderId);
    }
    entries.tell(friendAdded(request, revision));
    await follow(senderId, receiverId);
    await follow(receiverId, senderId);
  }

  async function unfriend(removedById: string, otherId: string) {
    const wasFriend = await remove('Friend', removedById, otherId);
    await remove('Friend', otherId, removedById);
    if (!wasFriend) return;
    entries.count(removedById, 'friendsCount', -1);
    entries.count(otherId, 'friendsCount', -1);
    entries.deed('FriendRemoved', removedById, otherId);
    entries.tell(friendRemoved(removedById, otherId, revision));
    await unfollow(removedById, otherId);
    await unfollow(otherId, removedById);
  }

  return {
    tell: entries.tell,
    follow,
    unfollow,
    befriend,
    unfriend,
    async sever(actorId, otherId) {
      await unfriend(actorId, otherId);
      await unfollow(actorId, otherId);
      await unfollow(otherId, actorId);
    },
    async block(blockerId, blockedId) {
      if (await add('Block', blockerId, blockedId)) entries.tell(blockEvent('Blocked', blockerId, blockedId, revision));
    },
    async unblock(blockerId, blockedId) {
      if (await remove('Block', blockerId, blockedId))
        entries.tell(blockEvent('Unblocked', blockerId, blockedId, revision));
    },
    settle: entries.write,
  };
}
