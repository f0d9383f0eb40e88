import type { ObjectId } from 'mongodb';
import type { CollectionDefinition } from '../mongo/index.ts';
import {
  count,
  date,
  list,
  object,
  objectId,
  oneOfWords,
  ordinal,
  switchField,
  text,
  uuid,
} from '../mongo/schema-parts.ts';

/** What a notification can be about: the eleven of the specification and what decisions add. */
export const NOTIFICATION_TYPES = [
  'FriendRequest',
  'FriendAccepted',
  'Message',
  'Post',
  'Comment',
  'CommentReply',
  'Like',
  'Share',
  'Mention',
  'Follow',
  'ProfileView',
  'Security',
  'Group',
  'Poll',
  'Event',
  'Moderation',
] as const;

/** One of {@link NOTIFICATION_TYPES}. */
export type NotificationType = (typeof NOTIFICATION_TYPES)[number];

/** Ways in which a notification reaches a person. */
export const NOTIFICATION_CHANNELS = ['InApp', 'Push', 'Email'] as const;

/** One of {@link NOTIFICATION_CHANNELS}. */
export type NotificationChannel = (typeof NOTIFICATION_CHANNELS)[number];

/** What a notification can point at. */
export const RELATED_ENTITY_TYPES = [
  'Post',
  'Comment',
  'Message',
  'FriendRequest',
  'User',
  'Conversation',
  'Media',
] as const;

/** One of {@link RELATED_ENTITY_TYPES}. */
export type RelatedEntityType = (typeof RELATED_ENTITY_TYPES)[number];

/** How far the delivery through one channel has come. Replaces `deliveryStatus` and `sentVia`. */
export interface ChannelDelivery {
  channel: NotificationChannel;
  status: 'Pending' | 'Sent' | 'Failed';
  attempts: number;
  lastAttemptAt?: Date;
}

/** Ids that links and texts are made from, by the type of the notification. */
export interface NotificationMetadata {
  postId?: ObjectId;
  conversationId?: ObjectId;
}

/**
 * What a person is told: one thing, or a group of alike ones (specification, 1593-1690). Title and text are not stored:
 * `templateKey` and ids are, and are rendered when read (decisions, Notifications 2).
 */
export interface NotificationDocument {
  _id: ObjectId;
  /** Who is told. */
  userId: string;
  type: NotificationType;
  /** Which text of the catalogue; the specification's `title` and `message`. */
  templateKey: string;
  /** The last three who did it, newest first. None for notices of the network itself. */
  actorIds: string[];
  /** How many different people did it. */
  actorCount: number;
  /** The newest thing it is about. */
  relatedEntityType?: RelatedEntityType;
  relatedEntityId?: string;
  /** Where it leads, for notices whose link can't be made from what they are about. */
  actionUrl?: string;
  metadata?: NotificationMetadata;
  isRead: boolean;
  readAt?: Date;
  channels: ChannelDelivery[];
  /** What is told together while it is unread. */
  groupKey: string;
  /** How many things are told together. */
  groupCount: number;
  /** 90 days after the newest thing, a year for security notices (decisions, Notifications 1). */
  expiresAt: Date;
  createdAt: Date;
  /** When the newest thing happened: the list is sorted by it. */
  updatedAt: Date;
}

const delivery = object(
  {
    channel: oneOfWords(...NOTIFICATION_CHANNELS),
    status: oneOfWords('Pending', 'Sent', 'Failed'),
    attempts: count,
    lastAttemptAt: date,
  },
  ['channel', 'status', 'attempts'],
);

const notification = {
  userId: uuid,
  type: oneOfWords(...NOTIFICATION_TYPES),
  templateKey: text(60, 1),
  actorIds: list(uuid, 3),
  actorCount: count,
  relatedEntityType: oneOfWords(...RELATED_ENTITY_TYPES),
  relatedEntityId: text(64, 1),
  actionUrl: text(500, 1),
  metadata: object({ postId: objectId, conversationId: objectId }),
  isRead: switchField,
  readAt: date,
  channels: list(delivery, NOTIFICATION_CHANNELS.length),
  groupKey: text(120, 1),
  groupCount: ordinal,
  expiresAt: date,
  createdAt: date,
  updatedAt: date,
};

const OPTIONAL = new Set(['relatedEntityType', 'relatedEntityId', 'actionUrl', 'metadata', 'readAt']);

/** The collection `notifications`. Shard key: `userId`. */
export const notifications: CollectionDefinition = {
  name: 'notifications',
  validator: {
    $jsonSchema: object(
      notification,
      Object.keys(notification).filter((field) => !OPTIONAL.has(field)),
    ),
    // It expires after it was made.
    $expr: { $gt: ['$expiresAt', '$createdAt'] },
  },
  indexes: [
    {
      name: 'notifications_of_user',
      key: { userId: 1, updatedAt: -1, _id: -1 },
      serves: 'a person’s notifications, newest first; groups move up (specification, index 1)',
    },
    {
      name: 'notifications_unread',
      key: { userId: 1, isRead: 1, updatedAt: -1, _id: -1 },
      serves: 'unread ones, newest first; how many; marking all as read (index 2)',
    },
    {
      name: 'notifications_of_type',
      key: { userId: 1, type: 1, updatedAt: -1, _id: -1 },
      serves: 'a person’s notifications of some types, newest first',
    },
    {
      name: 'notifications_type',
      key: { type: 1, createdAt: -1 },
      serves: 'counts and lists for operators (index 3)',
    },
    {
      name: 'notifications_group',
      key: { userId: 1, groupKey: 1 },
      serves: 'the unread group that another alike thing joins: one of each key (index 5)',
      options: { unique: true, partialFilterExpression: { isRead: false } },
    },
    {
      name: 'notifications_expiry',
      key: { expiresAt: 1 },
      serves: 'removal after 90 days or a year (index 6)',
      options: { expireAfterSeconds: 0 },
    },
  ],
};
