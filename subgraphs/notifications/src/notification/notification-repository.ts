import type { NotificationDocument } from '@postbook/db/notifications';
import {
  fromObjectId,
  type MongoTransaction,
  type PageRequest,
  parseObjectId,
  type TimeKey,
  timePage,
  toObjectId,
} from '@postbook/service-kit';
import { type Collection, type Db, type Filter, ObjectId } from 'mongodb';
import type { Notification, NotificationContext, NotificationType } from './notification.ts';

/** Which of a person's notifications. */
export interface ListFilter {
  readonly isUnread?: boolean | undefined;
  readonly types?: readonly NotificationType[] | undefined;
}

const CONTEXT_IDS = ['postId', 'conversationId'] as const;

function toContext(metadata: NotificationDocument['metadata']): NotificationContext {
  return Object.fromEntries(
    CONTEXT_IDS.flatMap((name) => {
      const id = metadata?.[name];
      return id ? [[name, fromObjectId(id)]] : [];
    }),
  );
}

const toMetadata = (context: NotificationContext): NotificationDocument['metadata'] =>
  Object.fromEntries(
    CONTEXT_IDS.flatMap((name) => {
      const id = context[name];
      return id === undefined ? [] : [[name, toObjectId(id)]];
    }),
  );

function toNotification(document: NotificationDocument): Notification {
  const {
    _id,
    relatedEntityType: type,
    relatedEntityId: id,
    actionUrl,
    metadata,
    readAt,
    channels,
    ...rest
  } = document;
  return {
    ...rest,
    id: fromObjectId(_id),
    related: type !== undefined && id !== undefined ? { type, id } : null,
    actionUrl: actionUrl ?? null,
    context: toContext(metadata),
    readAt: readAt ?? null,
  };
}

/** What of a notification changes when something joins or leaves its group. */
function changing(notification: Notification) {
  const { actorIds, actorCount, groupCount, expiresAt, createdAt, updatedAt, related, context } = notification;
  return {
    actorIds: [...actorIds],
    actorCount,
    groupCount,
    expiresAt,
    createdAt,
    updatedAt,
    ...(related ? { relatedEntityType: related.type, relatedEntityId: related.id } : {}),
    metadata: toMetadata(context) ?? {},
  };
}

function toDocument(notification: Notification, at: Date): NotificationDocument {
  const { id, userId, type, templateKey, actionUrl, isRead, groupKey } = notification;
  return {
    ...changing(notification),
    _id: toObjectId(id),
    userId,
    type,
    templateKey,
    ...(actionUrl === null ? {} : { actionUrl }),
    isRead,
    // Being in the list is being delivered there. Push and e-mail join with their senders.
    channels: [{ channel: 'InApp', status: 'Sent', attempts: 1, lastAttemptAt: at }],
    groupKey,
  };
}

/** A new notification's id. */
export const newNotificationId = (): string => fromObjectId(new ObjectId());

const knownIds = (ids: readonly string[]): ObjectId[] => ids.flatMap((id) => parseObjectId(id) ?? []);

/** Reads: what lists, counts and loaders need. */
function createReads(notifications: Collection<NotificationDocument>) {
  return {
    /** Those that exist, in no order; anybody's. */
    async byIds(ids: readonly string[], tx?: MongoTransaction): Promise<Notification[]> {
      const rows = await notifications
        .find(
          { _id: { $in: knownIds(ids) } },
          { ...(tx ? { session: tx.session } : {}), comment: 'notifications.byIds' },
        )
        .toArray();
      return rows.map(toNotification);
    },

    /** A page of a person's notifications, newest first. */
    async list(
      userId: string,
      { isUnread, types }: ListFilter,
      request: PageRequest<TimeKey>,
    ): Promise<Notification[]> {
      const { filter, sort } = timePage('updatedAt', request);
      const query: Filter<NotificationDocument> = {
        userId,
        ...(isUnread === undefined ? {} : { isRead: !isUnread }),
        ...(types ? { type: { $in: [...types] } } : {}),
        ...filter,
      };
      const rows = await notifications
        .find(query, { sort, limit: request.limit, comment: 'notifications.list' })
        .toArray();
      return rows.map(toNotification);
    },

    /** How many each of the people has not read; those who have read all are left out. */
    async unreadCounts(userIds: readonly string[]): Promise<Map<string, number>> {
      const rows = await notifications
        .aggregate<{ _id: string; count: number }>(
          [
            { $match: { userId: { $in: [...userIds] }, isRead: false } },
            { $group: { _id: '$userId', count: { $sum: 1 } } },
          ],
          { comment: 'notifications.unreadCounts' },
        )
        .toArray();
      return new Map(rows.map(({ _id, count }) => [_id, count]));
    },
  };
}

/** What people are told: collection `notifications`. */
export function createNotificationRepository(db: Db) {
  const notifications = db.collection<NotificationDocument>('notifications');
  return {
    ...createReads(notifications),

    /** The unread groups of these people under these keys; each key is some of the people's. */
    async openGroups(
      tx: MongoTransaction,
      userIds: readonly string[],
      groupKeys: readonly string[],
    ): Promise<Notification[]> {
      const rows = await notifications
        .find(
          { userId: { $in: [...userIds] }, groupKey: { $in: [...groupKeys] }, isRead: false },
          { session: tx.session, comment: 'notifications.openGroups' },
        )
        .toArray();
      return rows.map(toNotification);
    },

    /** Up to `limit` unread ones of a person at or below the place in the list, newest first. */
    async unreadUpTo(tx: MongoTransaction, userId: string, upTo: TimeKey, limit: number): Promise<string[]> {
      const { at, id } = upTo;
      const rows = await notifications
        .find(
          {
            userId,
            isRead: false,
            updatedAt: { $lte: at },
            $or: [{ updatedAt: { $lt: at } }, { _id: { $lte: toObjectId(id, 'upTo') } }],
          },
          {
            projection: { _id: 1 },
            sort: { updatedAt: -1, _id: -1 },
            limit,
            session: tx.session,
            comment: 'notifications.unreadUpTo',
          },
        )
        .toArray();
      return rows.map(({ _id }) => fromObjectId(_id));
    },

    async insert(tx: MongoTransaction, added: readonly Notification[], at: Date): Promise<void> {
      if (added.length === 0) return;
      await notifications.insertMany(
        added.map((notification) => toDocument(notification, at)),
        { session: tx.session, comment: 'notifications.insert' },
      );
    },

    /** Writes what changes when something joins or leaves groups. */
    async change(tx: MongoTransaction, changed: readonly Notification[]): Promise<void> {
      if (changed.length === 0) return;
      await notifications.bulkWrite(
        changed.map((notification) => ({
          updateOne: { filter: { _id: toObjectId(notification.id) }, update: { $set: changing(notification) } },
        })),
        { session: tx.session, comment: 'notifications.change' },
      );
    },

    async markRead(tx: MongoTransaction, ids: readonly string[], at: Date): Promise<void> {
      await notifications.updateMany(
        { _id: { $in: knownIds(ids) } },
        { $set: { isRead: true, readAt: at } },
        { session: tx.session, comment: 'notifications.markRead' },
      );
    },

    async remove(tx: MongoTransaction, ids: readonly string[]): Promise<void> {
      if (ids.length === 0) return;
      await notifications.deleteMany(
        { _id: { $in: knownIds(ids) } },
        { session: tx.session, comment: 'notifications.remove' },
      );
    },

    /** Deletes all of a person's. @returns how many. */
    async erase(userId: string, tx?: MongoTransaction): Promise<number> {
      const { deletedCount } = await notifications.deleteMany(
        { userId },
        { ...(tx ? { session: tx.session } : {}), comment: 'notifications.erase' },
      );
      return deletedCount;
    },
  };
}

/** What {@link createNotificationRepository} returns. */
export type NotificationRepository = ReturnType<typeof createNotificationRepository>;
