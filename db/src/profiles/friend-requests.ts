import type { ObjectId } from 'mongodb';
import type { CollectionDefinition } from '../mongo/collection-definition.ts';
import { date, object, oneOfWords, text, uuid } from '../mongo/schema-parts.ts';

/** Where a friend request can stand. */
export const FRIEND_REQUEST_STATUSES = ['Pending', 'Accepted', 'Rejected', 'Cancelled'] as const;

/** Where a friend request stands, as stored. */
export type FriendRequestStatus = (typeof FRIEND_REQUEST_STATUSES)[number];

/** A document of `friend_requests`. Names and pictures of the two are not copied (decisions, Everywhere 7). */
export interface FriendRequestDocument {
  _id: ObjectId;
  /** Both users' ids, sorted, joined by a colon. */
  pairKey: string;
  senderId: string;
  receiverId: string;
  message?: string;
  status: FriendRequestStatus;
  sentAt: Date;
  respondedAt?: Date;
  /** Only while it is pending: when it ends by itself. */
  expiresAt?: Date;
  /** When the store removes it: long after it can matter, so that it never races the job that ends requests. */
  sweepAt: Date;
  createdAt: Date;
  updatedAt: Date;
}

const request = {
  pairKey: text(73, 73),
  senderId: uuid,
  receiverId: uuid,
  message: text(200),
  status: oneOfWords(...FRIEND_REQUEST_STATUSES),
  sentAt: date,
  respondedAt: date,
  expiresAt: date,
  sweepAt: date,
  createdAt: date,
  updatedAt: date,
};

const REQUIRED = ['pairKey', 'senderId', 'receiverId', 'status', 'sentAt', 'sweepAt', 'createdAt', 'updatedAt'];

/** Friend requests. Shard key: `pairKey`. */
export const friendRequests: CollectionDefinition = {
  name: 'friend_requests',
  validator: { $jsonSchema: object(request, REQUIRED), $expr: { $ne: ['$senderId', '$receiverId'] } },
  indexes: [
    {
      name: 'friend_requests_outgoing',
      key: { senderId: 1, status: 1, sentAt: -1, _id: -1 },
      serves: 'requests a person sent, newest first (specification, index 1)',
    },
    {
      name: 'friend_requests_incoming',
      key: { receiverId: 1, status: 1, sentAt: -1, _id: -1 },
      serves: 'requests a person got, newest first (index 2)',
    },
    {
      name: 'friend_requests_pending_pair',
      key: { pairKey: 1 },
      serves: 'one pending request per pair, whoever asks (index 3, which would forbid asking again for ever)',
      options: { unique: true, partialFilterExpression: { status: 'Pending' } },
    },
    {
      name: 'friend_requests_pair',
      key: { senderId: 1, receiverId: 1, status: 1, respondedAt: -1 },
      serves: 'whether the receiver refused the sender lately',
    },
    {
      name: 'friend_requests_status',
      key: { status: 1, sentAt: -1 },
      serves: 'counts and lists for operators (index 4)',
    },
    {
      name: 'friend_requests_expiry',
      key: { status: 1, expiresAt: 1 },
      serves: 'the job that ends requests nobody answered',
    },
    {
      name: 'friend_requests_sweep',
      key: { sweepAt: 1 },
      serves: 'removal long after the end (index 5)',
      options: { expireAfterSeconds: 0 },
    },
  ],
};
