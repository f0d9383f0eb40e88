import type { NotificationSourceDocument } from '@postbook/db/notifications';
import { fromObjectId, type MongoTransaction, toObjectId } from '@postbook/service-kit';
import type { Collection, Db, Filter, ObjectId } from 'mongodb';
import { createPresence, type Presence, type Source, type SourceKey } from './source.ts';

/** A bound that holds for every moment: with it both engines read the index in order instead of sorting. */
const EVER_BEFORE = new Date('9999-12-31T23:59:59.999Z');

const idOf = (userId: string, key: string): string => `${userId}:${key}`;

function toSource(document: NotificationSourceDocument): Source {
  const { _id, userId, actorId, notificationId, relatedEntityType: type, relatedEntityId: id, ...rest } = document;
  return {
    ...rest,
    userId,
    key: _id.slice(userId.length + 1),
    actorId: actorId ?? null,
    notificationId: notificationId ? fromObjectId(notificationId) : null,
    related: type !== undefined && id !== undefined ? { type, id } : null,
  };
}

function toDocument(source: Source): NotificationSourceDocument {
  const { userId, key, actorId, isActive, version, notificationId, related, entities, at, expiresAt } = source;
  return {
    _id: idOf(userId, key),
    userId,
    ...(actorId === null ? {} : { actorId }),
    isActive,
    version,
    ...(notificationId === null ? {} : { notificationId: toObjectId(notificationId) }),
    ...(related ? { relatedEntityType: related.type, relatedEntityId: related.id } : {}),
    entities: [...entities],
    at,
    expiresAt,
  };
}

/** Which things of one person are taken back together. */
export type Withdrawal = { readonly actorId: string } | { readonly entity: string };

const matching = (withdrawal: Withdrawal): Filter<NotificationSourceDocument> =>
  'actorId' in withdrawal ? { actorId: withdrawal.actorId } : { entities: withdrawal.entity };

/** Reads that find what is to be taken back. */
function createWithdrawalReads(sources: Collection<NotificationSourceDocument>) {
  return {
    /** Up to `limit` people who were told of what is taken back, each once. */
    async recipientsOf(withdrawal: Withdrawal, limit: number): Promise<string[]> {
      const rows = await sources
        .find(
          { ...matching(withdrawal), isActive: true },
          { projection: { _id: 0, userId: 1 }, limit, comment: 'sources.recipientsOf' },
        )
        .toArray();
      return [...new Set(rows.map(({ userId }) => userId))];
    },

    /** Up to `limit` things that one person was told of and that are taken back. */
    async toWithdraw(tx: MongoTransaction, userId: string, withdrawal: Withdrawal, limit: number): Promise<Source[]> {
      const rows = await sources
        .find(
          { ...matching(withdrawal), userId, isActive: true },
          { limit, session: tx.session, comment: 'sources.toWithdraw' },
        )
        .toArray();
      return rows.map(toSource);
    },

    /** Those of the things that count in a notification. */
    async active(tx: MongoTransaction | undefined, keys: readonly SourceKey[]): Promise<Source[]> {
      const rows = await sources
        .find(
          { _id: { $in: keys.map(({ userId, key }) => idOf(userId, key)) }, isActive: true },
          { ...(tx ? { session: tx.session } : {}), comment: 'sources.active' },
        )
        .toArray();
      return rows.map(toSource);
    },
  };
}

/** What notifications are counted from: collection `notification_sources`. */
export function createSourceRepository(db: Db) {
  const sources = db.collection<NotificationSourceDocument>('notification_sources');
  return {
    ...createWithdrawalReads(sources),

    /** Those that are known, in no order. */
    async find(tx: MongoTransaction, keys: readonly SourceKey[]): Promise<Source[]> {
      const rows = await sources
        .find(
          { _id: { $in: keys.map(({ userId, key }) => idOf(userId, key)) } },
          { session: tx.session, comment: 'sources.find' },
        )
        .toArray();
      return rows.map(toSource);
    },

    /** Writes sources as they are, new or known. */
    async put(tx: MongoTransaction, written: readonly Source[]): Promise<void> {
      if (written.length === 0) return;
      await sources.bulkWrite(
        written.map((source) => {
          const { _id, ...replacement } = toDocument(source);
          return { replaceOne: { filter: { _id }, replacement, upsert: true } };
        }),
        { session: tx.session, comment: 'sources.put' },
      );
    },

    /** They no longer count; their versions stay. */
    async deactivate(tx: MongoTransaction, taken: readonly Source[]): Promise<void> {
      await sources.updateMany(
        { _id: { $in: taken.map(({ userId, key }) => idOf(userId, key)) } },
        { $set: { isActive: false } },
        { session: tx.session, comment: 'sources.deactivate' },
      );
    },

    /** Up to `limit` things that count in a notification, newest first. */
    async newestOf(tx: MongoTransaction, notificationId: string, limit: number): Promise<Source[]> {
      const rows = await sources
        .find(
          { notificationId: toObjectId(notificationId), isActive: true, at: { $lte: EVER_BEFORE } },
          { sort: { at: -1, _id: -1 }, limit, session: tx.session, comment: 'sources.newestOf' },
        )
        .toArray();
      return rows.map(toSource);
    },

    /** Which of the people did something that counts in which of the notifications. */
    async presence(
      tx: MongoTransaction,
      notificationIds: readonly string[],
      actorIds: readonly string[],
    ): Promise<Presence> {
      if (notificationIds.length === 0 || actorIds.length === 0) return createPresence([]);
      const rows = await sources
        .aggregate<{ _id: { notificationId: ObjectId; actorId: string } }>(
          [
            {
              $match: {
                notificationId: { $in: notificationIds.map((id) => toObjectId(id)) },
                actorId: { $in: [...actorIds] },
                isActive: true,
              },
            },
            { $group: { _id: { notificationId: '$notificationId', actorId: '$actorId' } } },
          ],
          { session: tx.session, comment: 'sources.presence' },
        )
        .toArray();
      return createPresence(rows.map(({ _id }) => [fromObjectId(_id.notificationId), _id.actorId]));
    },

    /** Deletes all that a person was told of. @returns how many. */
    async erase(userId: string, tx?: MongoTransaction): Promise<number> {
      // Ids begin with the recipient's; ";" is the character after ":".
      const range = { _id: { $gte: `${userId}:`, $lt: `${userId};` } };
      const { deletedCount } = await sources.deleteMany(range, {
        ...(tx ? { session: tx.session } : {}),
        comment: 'sources.erase',
      });
      return deletedCount;
    },

    /** Deletes all that a person did to others, once none of it counts any more. */
    async forgetActor(actorId: string): Promise<void> {
      await sources.deleteMany({ actorId }, { comment: 'sources.forgetActor' });
    },
  };
}

/** What {@link createSourceRepository} returns. */
export type SourceRepository = ReturnType<typeof createSourceRepository>;
