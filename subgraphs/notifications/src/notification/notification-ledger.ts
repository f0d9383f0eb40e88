import type { LiveTopics, MongoTransaction, TimeKey } from '@postbook/service-kit';
import type { Cause, Effect } from '../causes/cause.ts';
import type { Source } from '../causes/source.ts';
import type { SourceRepository, Withdrawal } from '../causes/source-repository.ts';
import type { Change } from '../live/change.ts';
import type { ChangeRepository } from '../live/change-repository.ts';
import type { HeadRepository } from '../live/head-repository.ts';
import { announce } from '../live/notification-topic.ts';
import { changesToTell, type Happening } from './changes-to-tell.ts';
import { type Notification, sourceExpiryOf } from './notification.ts';
import { begin, join, leave } from './notification-group.ts';
import { type NotificationRepository, newNotificationId } from './notification-repository.ts';

/** What the ledger writes to. */
export interface LedgerParts {
  readonly notifications: NotificationRepository;
  readonly sources: SourceRepository;
  readonly changes: ChangeRepository;
  readonly heads: HeadRepository;
  readonly live: LiveTopics;
  readonly now: () => Date;
}

/** Changes of one person's notifications within one transaction. */
export interface Ledger {
  /** Tells of a thing, or takes one back, unless something newer is known of it. */
  apply(effect: Effect): Promise<void>;
  /** Takes things back whatever is known of them, if they count now. @returns how many there were. */
  withdraw(withdrawal: Withdrawal | { readonly keys: readonly string[] }): Promise<number>;
  /** @returns how many of the person's notifications with these ids were unread. */
  markRead(ids: readonly string[]): Promise<number>;
  /** Marks up to `limit` unread ones at or below the place in the list. @returns how many. */
  markReadUpTo(upTo: TimeKey, limit: number): Promise<number>;
  /** Removes one from the list. @returns false when the person has none with this id. */
  remove(id: string): Promise<boolean>;
  /** Writes the changes and where they end. Call once, last. */
  settle(): Promise<void>;
}

/** How many of a group's newest things are looked at to find its newest people. */
const LOOK_BACK = 100;

/** How many things are taken back in one transaction. */
export const WITHDRAWN_AT_ONCE = 200;

/** A thing that was taken back before anything else was known of it. */
const tombstone = (userId: string, effect: Extract<Effect, { kind: 'TakeBack' }>): Source => ({
  userId,
  key: effect.key,
  actorId: effect.actorId,
  isActive: false,
  version: effect.version,
  notificationId: null,
  related: null,
  entities: [],
  at: effect.at,
  expiresAt: sourceExpiryOf('Like', effect.at),
});

/** Opens the ledger of a person; nobody else writes to their notifications until the transaction ends. */
export async function openLedger(parts: LedgerParts, tx: MongoTransaction, userId: string): Promise<Ledger> {
  const { notifications, sources, changes, heads, live } = parts;
  const at = parts.now();
  const head = await heads.claim(tx, userId);
  const happenings: Happening[] = [];

  /** Puts the thing into its group, or begins one. */
  async function place(cause: Cause): Promise<string> {
    const group = await notifications.openGroup(tx, userId, cause.groupKey);
    if (!group) {
      const notification = begin(newNotificationId(), userId, cause);
      await notifications.insert(tx, notification, at);
      happenings.push({ kind: 'New', notificationId: notification.id });
      return notification.id;
    }
    const { actorId } = cause;
    const isKnown = actorId !== null && (await sources.actorsAmong(tx, group.id, [actorId])).has(actorId);
    await notifications.change(tx, join(group, cause, !isKnown));
    happenings.push({ kind: 'Updated', notificationId: group.id });
    return group.id;
  }

  async function tell(cause: Cause): Promise<void> {
    const known = await sources.find(tx, userId, cause.key);
    if (known && known.version >= cause.version) return;
    const { key, actorId, version, related, entities, type } = cause;
    // A thing that counts is told of already: this is another version of it, such as another kind of reaction.
    const notificationId = known?.isActive ? known.notificationId : await place(cause);
    const expiresAt = sourceExpiryOf(type, cause.at);
    const source = { userId, key, actorId, isActive: true, version, notificationId, related, entities };
    await sources.put(tx, { ...source, at: known?.isActive ? known.at : cause.at, expiresAt });
  }

  async function takeFrom(group: Notification, taken: readonly Source[]): Promise<void> {
    const actors = [...new Set(taken.flatMap(({ actorId }) => actorId ?? []))];
    const stillThere = await sources.actorsAmong(tx, group.id, actors);
    const remaining = await sources.newestOf(tx, group.id, LOOK_BACK);
    const goneActors = new Set(actors.filter((actor) => !stillThere.has(actor)));
    const rest = leave(group, { count: taken.length, goneActors, remaining });
    if (rest) await notifications.change(tx, rest);
    else await notifications.remove(tx, group.id);
    happenings.push({ kind: rest ? 'Updated' : 'Removed', notificationId: group.id });
  }

  /** Things that count no longer do, and leave the groups they are in. */
  async function release(taken: readonly Source[]): Promise<void> {
    if (taken.length === 0) return;
    await sources.deactivate(tx, taken);
    const byGroup = Map.groupBy(taken, ({ notificationId }) => notificationId ?? '');
    for (const group of await notifications.byIds([...byGroup.keys()], tx)) {
      await takeFrom(group, byGroup.get(group.id) ?? []);
    }
  }

  async function takeBack(effect: Extract<Effect, { kind: 'TakeBack' }>): Promise<void> {
    const known = await sources.find(tx, userId, effect.key);
    if (known && known.version > effect.version) return;
    await sources.put(tx, known ? { ...known, isActive: false, version: effect.version } : tombstone(userId, effect));
    if (known?.isActive) await release([known]);
  }

  const own = async (ids: readonly string[]) =>
    (await notifications.byIds(ids, tx)).filter((notification) => notification.userId === userId);

  return {
    apply: (effect) => (effect.kind === 'Tell' ? tell(effect.cause) : takeBack(effect)),

    async withdraw(withdrawal) {
      const taken =
        'keys' in withdrawal
          ? await sources.activeByKeys(tx, userId, withdrawal.keys)
          : await sources.toWithdraw(tx, userId, withdrawal, WITHDRAWN_AT_ONCE);
      await release(taken);
      return taken.length;
    },

    async markRead(ids) {
      const unread = (await own(ids)).filter(({ isRead }) => !isRead).map(({ id }) => id);
      if (unread.length > 0) await notifications.markRead(tx, unread, at);
      for (const notificationId of unread) happenings.push({ kind: 'Read', notificationId });
      return unread.length;
    },

    async markReadUpTo(upTo, limit) {
      const unread = await notifications.unreadUpTo(tx, userId, upTo, limit);
      if (unread.length === 0) return 0;
      await notifications.markRead(tx, unread, at);
      happenings.push({ kind: 'AllRead', readUpTo: upTo.at });
      return unread.length;
    },

    async remove(id) {
      const [found] = await own([id]);
      if (!found) return false;
      await notifications.remove(tx, found.id);
      happenings.push({ kind: 'Removed', notificationId: found.id });
      return true;
    },

    async settle() {
      const told: Change[] = changesToTell(happenings).map((change, index) => ({
        ...change,
        userId,
        sequence: head + index + 1,
      }));
      if (told.length === 0) return;
      await changes.insert(tx, told, at);
      await heads.advance(tx, userId, head + told.length);
      tx.afterCommit(() => {
        for (const change of told) void announce(live, change);
      });
    },
  };
}
