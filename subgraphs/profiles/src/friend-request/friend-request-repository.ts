import type { FriendRequestDocument, FriendRequestStatus } from '@postbook/db/profiles';
import { type MongoTransaction, type PageRequest, parseObjectId, type TimeKey, timePage } from '@postbook/service-kit';
import { type Db, type Filter, ObjectId } from 'mongodb';
import { pairKeyOf } from '../relationship/relation-facts.ts';
import { type FriendRequest, REQUEST_LIFETIME_MS, REQUEST_RETENTION_MS } from './friend-request.ts';

/** Which requests of a person. */
export type RequestSide = 'senderId' | 'receiverId';

/** Friend requests. */
export interface FriendRequestRepository {
  /** Those of the ids that exist, in no order. Text that is no id is left out. */
  findByIds(ids: readonly string[], tx?: MongoTransaction): Promise<FriendRequest[]>;
  /** What is pending between the pair, its time over or not. */
  pendingOfPair(tx: MongoTransaction, pairKey: string): Promise<FriendRequest | undefined>;
  /** What waits between the person and each of the others, whoever asked. */
  waitingBetween(userId: string, otherIds: readonly string[], now: Date): Promise<FriendRequest[]>;
  /** A page of what waits, newest first. */
  listWaiting(side: RequestSide, userId: string, now: Date, request: PageRequest<TimeKey>): Promise<FriendRequest[]>;
  /** Whether the receiver refused a request of the sender since then. */
  wasRejectedSince(tx: MongoTransaction, senderId: string, receiverId: string, since: Date): Promise<boolean>;
  create(
    tx: MongoTransaction,
    request: { readonly senderId: string; readonly receiverId: string; readonly message: string | null },
  ): Promise<FriendRequest>;
  /** Ends a pending request. @returns it as it is then, or undefined when it wasn't pending. */
  answer(
    tx: MongoTransaction,
    id: string,
    status: Exclude<FriendRequestStatus, 'Pending'>,
  ): Promise<FriendRequest | undefined>;
  /** Pending ones whose time is over, the oldest first. */
  findExpired(now: Date, limit: number): Promise<FriendRequest[]>;
  /** Removes up to `limit` requests of an erased person. @returns how many. */
  erase(userId: string, limit: number): Promise<number>;
}

const toRequest = (stored: FriendRequestDocument): FriendRequest => ({
  id: stored._id.toHexString(),
  pairKey: stored.pairKey,
  senderId: stored.senderId,
  receiverId: stored.receiverId,
  message: stored.message ?? null,
  status: stored.status,
  sentAt: stored.sentAt,
  respondedAt: stored.respondedAt ?? null,
  expiresAt: stored.expiresAt ?? null,
});

const after = (time: Date, ms: number) => new Date(time.getTime() + ms);

function newDocument(senderId: string, receiverId: string, message: string | null): FriendRequestDocument {
  const now = new Date();
  return {
    _id: new ObjectId(),
    pairKey: pairKeyOf(senderId, receiverId),
    senderId,
    receiverId,
    ...(message === null ? {} : { message }),
    status: 'Pending',
    sentAt: now,
    expiresAt: after(now, REQUEST_LIFETIME_MS),
    sweepAt: after(now, REQUEST_LIFETIME_MS + REQUEST_RETENTION_MS),
    createdAt: now,
    updatedAt: now,
  };
}

/** Requests in `friend_requests`. */
export function createFriendRequestRepository(db: Db): FriendRequestRepository {
  const requests = db.collection<FriendRequestDocument>('friend_requests');
  return {
    async findByIds(ids, tx) {
      const valid = ids.flatMap((id) => parseObjectId(id) ?? []);
      const settings = { comment: 'friendRequests.findByIds', ...(tx ? { session: tx.session } : {}) };
      return (await requests.find({ _id: { $in: valid } }, settings).toArray()).map(toRequest);
    },

    async pendingOfPair(tx, pairKey) {
      const filter = { pairKey, status: 'Pending' as const };
      const settings = { session: tx.session, comment: 'friendRequests.pendingOfPair' };
      const stored = await requests.findOne(filter, settings);
      return stored ? toRequest(stored) : undefined;
    },

    async waitingBetween(userId, otherIds, now) {
      if (otherIds.length === 0) return [];
      const pairKeys = otherIds.map((otherId) => pairKeyOf(userId, otherId));
      const rows = await requests
        .find(
          { pairKey: { $in: pairKeys }, status: 'Pending', expiresAt: { $gt: now } },
          // Left to itself DocumentDB walks all that is pending.
          { hint: 'friend_requests_pending_pair', comment: 'friendRequests.waitingBetween' },
        )
        .toArray();
      return rows.map(toRequest);
    },

    async listWaiting(side, userId, now, request) {
      const page = timePage('sentAt', request);
      const filter: Filter<FriendRequestDocument> = {
        [side]: userId,
        status: 'Pending',
        expiresAt: { $gt: now },
        ...page.filter,
      };
      const settings = { sort: page.sort, limit: request.limit, comment: 'friendRequests.listWaiting' };
      return (await requests.find(filter, settings).toArray()).map(toRequest);
    },

    async wasRejectedSince(tx, senderId, receiverId, since) {
      const rejected = await requests.findOne(
        { senderId, receiverId, status: 'Rejected', respondedAt: { $gt: since } },
        { session: tx.session, projection: { _id: 1 }, comment: 'friendRequests.wasRejectedSince' },
      );
      return rejected !== null;
    },

    async create(tx, { senderId, receiverId, message }) {
      const stored = newDocument(senderId, receiverId, message);
      await requests.insertOne(stored, { session: tx.session, comment: 'friendRequests.create' });
      return toRequest(stored);
    },

    async answer(tx, id, status) {
      const now = new Date();
      const answered = await requests.findOneAndUpdate(
        { _id: new ObjectId(id), status: 'Pending' },
        {
          $set: { status, respondedAt: now, updatedAt: now, sweepAt: after(now, REQUEST_RETENTION_MS) },
          $unset: { expiresAt: '' },
        },
        { session: tx.session, returnDocument: 'after', comment: 'friendRequests.answer' },
      );
      return answered ? toRequest(answered) : undefined;
    },

    async findExpired(now, limit) {
      const rows = await requests
        .find(
          { status: 'Pending', expiresAt: { $lte: now } },
          { sort: { expiresAt: 1 }, limit, comment: 'friendRequests.findExpired' },
        )
        .toArray();
      return rows.map(toRequest);
    },

    async erase(userId, limit) {
      const settings = { projection: { _id: 1 }, limit, comment: 'friendRequests.erase' };
      const sent = await requests.find({ senderId: userId }, settings).toArray();
      const got = await requests.find({ receiverId: userId }, settings).toArray();
      const ids = [...sent, ...got].map(({ _id }) => _id);
      if (ids.length === 0) return 0;
      const erased = await requests.deleteMany({ _id: { $in: ids } }, { comment: 'friendRequests.erase' });
      return erased.deletedCount;
    },
  };
}
