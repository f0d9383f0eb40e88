import type { MongoTransaction } from '@postbook/service-kit';
import type { Notification } from '../notification/notification.ts';
import { begin, join, leave } from '../notification/notification-group.ts';
import type { Ledger } from '../notification/notification-ledger.ts';
import { type NotificationRepository, newNotificationId } from '../notification/notification-repository.ts';
import type { Cause, Effect } from './cause.ts';
import { foldEffects, toldSource } from './fold-effects.ts';
import type { Source } from './source.ts';
import type { SourceRepository } from './source-repository.ts';

/** What {@link createEffectWriter} writes to. */
export interface EffectWriterParts {
  readonly notifications: NotificationRepository;
  readonly sources: SourceRepository;
}

/** An effect and whom it is for. */
export interface PersonalEffect {
  readonly userId: string;
  readonly effect: Effect;
}

/** Something that a person is told of now. */
interface Told {
  readonly userId: string;
  readonly cause: Cause;
  readonly version: number;
}

/** How many of a group's newest things are looked at to find its newest people. */
const LOOK_BACK = 100;

const keyOf = ({ effect }: PersonalEffect): string => (effect.kind === 'Tell' ? effect.cause.key : effect.key);
const actorsOf = (things: readonly { readonly actorId: string | null }[]): string[] => [
  ...new Set(things.flatMap(({ actorId }) => actorId ?? [])),
];

/** Writes effects on many people's notifications with few queries, in a transaction whose ledger is open for them. */
export function createEffectWriter({ notifications, sources }: EffectWriterParts) {
  /** Groups without what left them. The things are stored as not counting already. */
  async function shrink(tx: MongoTransaction, ledger: Ledger, released: readonly Source[]): Promise<void> {
    const byGroup = Map.groupBy(released, ({ notificationId }) => notificationId ?? '');
    const groups = await notifications.byIds([...byGroup.keys()], tx);
    const present = await sources.presence(
      tx,
      groups.map(({ id }) => id),
      actorsOf(released),
    );
    const changed: Notification[] = [];
    const gone: string[] = [];
    for (const group of groups) {
      const taken = byGroup.get(group.id) ?? [];
      const goneActors = new Set(actorsOf(taken).filter((actor) => !present.has(group.id, actor)));
      // Most groups that something is taken from are of one thing: nothing remains to be looked at.
      const isOver = taken.length >= group.groupCount;
      const remaining = isOver ? [] : await sources.newestOf(tx, group.id, LOOK_BACK);
      const rest = leave(group, { count: taken.length, goneActors, remaining });
      if (rest) changed.push(rest);
      else gone.push(group.id);
      ledger.note(group.userId, { kind: rest ? 'Updated' : 'Removed', notificationId: group.id });
    }
    await notifications.change(tx, changed);
    await notifications.remove(tx, gone);
  }

  /** Puts things into their groups, or begins new ones. */
  async function place(tx: MongoTransaction, ledger: Ledger, told: readonly Told[]): Promise<void> {
    const users = [...new Set(told.map(({ userId }) => userId))];
    const keys = [...new Set(told.map(({ cause }) => cause.groupKey))];
    const open = await notifications.openGroups(tx, users, keys);
    const groups = new Map(open.map((group) => [`${group.userId} ${group.groupKey}`, group]));
    const known = new Set(open.map(({ id }) => id));
    const present = await sources.presence(tx, [...known], actorsOf(told.map(({ cause }) => cause)));
    const counted: Source[] = [];
    for (const { userId, cause, version } of told) {
      const group = groups.get(`${userId} ${cause.groupKey}`);
      const isNew = cause.actorId !== null && !(group && present.has(group.id, cause.actorId));
      const next = group ? join(group, cause, isNew) : begin(newNotificationId(), userId, cause);
      groups.set(`${userId} ${cause.groupKey}`, next);
      if (cause.actorId !== null) present.add(next.id, cause.actorId);
      counted.push(toldSource(userId, cause, version, next.id));
      ledger.note(userId, { kind: group ? 'Updated' : 'New', notificationId: next.id });
    }
    const touched = new Set(counted.map(({ notificationId }) => notificationId));
    const written = [...groups.values()].filter(({ id }) => touched.has(id));
    await notifications.insert(
      tx,
      written.filter(({ id }) => !known.has(id)),
      ledger.at,
    );
    await notifications.change(
      tx,
      written.filter(({ id }) => known.has(id)),
    );
    await sources.put(tx, counted);
  }

  return {
    /** Applies effects in their order, as far as they are newer than what is known. */
    async apply(tx: MongoTransaction, ledger: Ledger, effects: readonly PersonalEffect[]): Promise<void> {
      const byThing = Map.groupBy(effects, (one) => `${one.userId}:${keyOf(one)}`);
      const firsts = [...byThing.values()].flatMap(([first]) => first ?? []);
      const stored = await sources.find(
        tx,
        firsts.map((one) => ({ userId: one.userId, key: keyOf(one) })),
      );
      const known = new Map(stored.map((source) => [`${source.userId}:${source.key}`, source]));
      const released: Source[] = [];
      const changed: Source[] = [];
      const told: Told[] = [];
      for (const [id, ofThing] of byThing) {
        const { userId } = ofThing[0] ?? { userId: '' };
        const folded = foldEffects(
          userId,
          known.get(id),
          ofThing.map(({ effect }) => effect),
        );
        if (folded.source) changed.push(folded.source);
        if (folded.isReleased && folded.source) released.push(folded.source);
        if (folded.cause) told.push({ userId, cause: folded.cause, version: folded.version });
      }
      await sources.put(tx, changed);
      if (released.length > 0) await shrink(tx, ledger, released);
      if (told.length > 0) await place(tx, ledger, told);
    },

    /** Takes things back that count, whatever their version. */
    async release(tx: MongoTransaction, ledger: Ledger, taken: readonly Source[]): Promise<void> {
      if (taken.length === 0) return;
      await sources.deactivate(tx, taken);
      await shrink(tx, ledger, taken);
    },
  };
}

/** What {@link createEffectWriter} returns. */
export type EffectWriter = ReturnType<typeof createEffectWriter>;
