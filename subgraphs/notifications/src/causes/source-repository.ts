import type { NotificationSourceDocument } from '@postbook/db/notifications';
import { fromObjectId, type MongoTransaction, toObjectId } from '@postbook/service-kit';
import type { Collection, Db, Filter } from 'mongodb';
import type { Source } from './source.ts';

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

    /** Those of a person's things that count in a notification. */
    async activeByKeys(tx: MongoTransaction | undefined, userId: string, keys: readonly string[]): Promise<Source[]> {
      const rows = await sources
        .find(
          { _id: { $in: keys.map((key) => idOf(userId, key)) }, isActive: true },
          { ...(tx ? { session: tx.session } : {}), comment: 'sources.activeByKeys' },
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

    async find(tx: MongoTransaction, userId: string, key: string): Promise<Source | undefined> {
      const row = await sources.findOne({ _id: idOf(userId, key) }, { session: tx.session, comment: 'sources.find' });
      return row ? toSource(row) : undefined;
    },

    /** Writes the source as it is, new or known. */
    async put(tx: MongoTransaction, source: Source): Promise<void> {
      const { _id, ...rest } = toDocument(source);
      await sources.replaceOne({ _id }, rest, { upsert: true, session: tx.session, comment: 'sources.put' });
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
          { notificationId: toObjectId(notificationId), isActive: true },
          { sort: { at: -1, _id: -1 }, limit, session: tx.session, comment: 'sources.newestOf' },
        )
        .toArray();
      return rows.map(toSource);
    },

    /** Who of the people did something that counts in the notification. */
    async actorsAmong(tx: MongoTransaction, notificationId: string, actorIds: readonly string[]): Promise<Set<string>> {
      const found = await sources.distinct(
        'actorId',
        { notificationId: toObjectId(notificationId), actorId: { $in: [...actorIds] }, isActive: true },
        { session: tx.session, comment: 'sources.actorsAmong' },
      );
      return new Set(found.flatMap((actorId) => actorId ?? []));
    },

    /** Deletes all that a person was told of. @returns how many. */
    async erase(userId: string): Promise<number> {
      // Ids begin with the recipient's; ";" is the character after ":".
      const range = { _id: { $gte: `${userId}:`, $lt: `${userId};` } };
      const { deletedCount } = await sources.deleteMany(range, { comment: 'sources.erase' });
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
