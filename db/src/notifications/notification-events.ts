import type { ObjectId } from 'mongodb';
import type { CollectionDefinition } from '../mongo/index.ts';
import { count, date, object, objectId, oneOfWords, ordinal, uuid } from '../mongo/schema-parts.ts';

/** What has happened to a person's notifications. */
export const NOTIFICATION_EVENT_KINDS = ['New', 'Updated', 'Read', 'AllRead', 'Removed'] as const;

/** One of {@link NOTIFICATION_EVENT_KINDS}. */
export type NotificationEventKind = (typeof NOTIFICATION_EVENT_KINDS)[number];

/** One change of a person's notifications: ids and kind only. */
export interface NotificationEventDocument {
  _id: ObjectId;
  userId: string;
  /** 1, 2, 3 … for the person, without gaps: the cursor of subscriptions. */
  sequence: number;
  kind: NotificationEventKind;
  /** Of all kinds but `AllRead`. */
  notificationId?: ObjectId;
  /** Of `AllRead`: what happened until then was read. */
  readUpTo?: Date;
  at: Date;
  /** Kept as long as the notifications they tell of: who was away longer has none of these any more. */
  expiresAt: Date;
}

/** The collection `notification_events`. Shard key: `userId`. */
export const notificationEvents: CollectionDefinition = {
  name: 'notification_events',
  validator: {
    $jsonSchema: {
      ...object(
        {
          userId: uuid,
          sequence: ordinal,
          kind: oneOfWords(...NOTIFICATION_EVENT_KINDS),
          notificationId: objectId,
          readUpTo: date,
          at: date,
          expiresAt: date,
        },
        ['userId', 'sequence', 'kind', 'at', 'expiresAt'],
      ),
      oneOf: [
        {
          required: ['notificationId'],
          properties: { kind: oneOfWords('New', 'Updated', 'Read', 'Removed') },
        },
        { required: ['readUpTo'], properties: { kind: oneOfWords('AllRead') } },
      ],
    },
  },
  indexes: [
    {
      name: 'notification_events_in_order',
      key: { userId: 1, sequence: 1 },
      serves: 'catch-up after a cursor; no sequence twice',
      options: { unique: true },
    },
    {
      name: 'notification_events_expiry',
      key: { expiresAt: 1 },
      serves: 'removal after 90 days',
      options: { expireAfterSeconds: 0 },
    },
  ],
};

/** Where the stream of a person's notifications stands. All writers of the person's notifications meet here. */
export interface NotificationHeadDocument {
  /** The user's id. */
  _id: string;
  /** Of the newest event. */
  sequence: number;
  /** Grows with every transaction that changes the person's notifications, whether it tells of a change or not. */
  revision: number;
}

/** The collection `notification_heads`. Shard key: `_id`. */
export const notificationHeads: CollectionDefinition = {
  name: 'notification_heads',
  validator: { $jsonSchema: object({ _id: uuid, sequence: count, revision: count }, ['_id', 'sequence', 'revision']) },
  indexes: [],
};
