import type { MemberDocument } from '@postbook/db/chats';
import {
  fromObjectId,
  type MongoTransaction,
  type Page,
  type PageRequest,
  parseObjectId,
  toObjectId,
  toPage,
} from '@postbook/service-kit';
import { type Db, type Filter, ObjectId } from 'mongodb';
import { compareMemberKeys, type Member, type MemberKey, type MemberRef, type Role } from './conversation.ts';

/** A person who joins. */
export interface NewMember {
  readonly userId: string;
  readonly role: Role;
  /** They see messages numbered above this. */
  readonly joinedNumber: number;
  readonly joinedSequence: number;
  readonly joinedAt: Date;
}

const toMember = (document: MemberDocument): Member => ({
  conversationId: fromObjectId(document.conversationId),
  userId: document.userId,
  role: document.role,
  joinedAt: document.joinedAt,
  joinedNumber: document.joinedNumber,
  joinedSequence: document.joinedSequence,
  leftAt: document.leftAt,
  leftNumber: document.leftNumber,
  leftSequence: document.leftSequence,
  lastReadNumber: document.lastReadNumber,
  earlierPeriods: document.earlierPeriods,
});

/** Those who take part now, or took part right before the change with this sequence. */
const presentAt = (conversationId: ObjectId, leftSequence: number | null): Filter<MemberDocument> =>
  leftSequence === null
    ? { conversationId, leftSequence: null }
    : {
        conversationId,
        joinedSequence: { $lt: leftSequence },
        $or: [{ leftSequence: null }, { leftSequence: { $gte: leftSequence } }],
      };

/** Adds the condition of a page of members. */
function paged(filter: Filter<MemberDocument>, { cursor, direction }: PageRequest<MemberKey>): Filter<MemberDocument> {
  if (!cursor) return filter;
  const [past, upTo] = direction === 'forward' ? ['$gt', '$gte'] : ['$lt', '$lte'];
  const page = {
    joinedSequence: { [upTo as string]: cursor.joinedSequence },
    $or: [
      { joinedSequence: { [past as string]: cursor.joinedSequence } },
      { userId: { [past as string]: cursor.userId } },
    ],
  };
  return { $and: [filter, page] } as Filter<MemberDocument>;
}

/** Members of conversations in ChatServiceDB. */
export function createMemberRepository(db: Db) {
  const members = db.collection<MemberDocument>('members');
  return {
    /** The person's memberships in these conversations, present or not, in no order. */
    async inConversations(userId: string, conversationIds: readonly string[]): Promise<Member[]> {
      const ids = conversationIds.map(parseObjectId).filter((id) => id !== undefined);
      if (ids.length === 0) return [];
      const rows = await members
        .find({ conversationId: { $in: ids }, userId }, { comment: 'members.inConversations' })
        .toArray();
      return rows.map(toMember);
    },

    /** Of these people, those with a document in the conversation, present or not. */
    async among(tx: MongoTransaction, conversationId: string, userIds: readonly string[]): Promise<Member[]> {
      const rows = await members
        .find(
          { conversationId: toObjectId(conversationId), userId: { $in: [...userIds] } },
          { session: tx.session, comment: 'members.among' },
        )
        .toArray();
      return rows.map(toMember);
    },

    /** In the order of joining. @param asOf the sequence by which the reader left; null for a present member. */
    async page(conversationId: string, asOf: number | null, request: PageRequest<MemberKey>): Promise<Page<Member>> {
      const order = request.direction === 'forward' ? 1 : -1;
      const rows = await members
        .find(paged(presentAt(toObjectId(conversationId), asOf), request), {
          sort: { joinedSequence: order, userId: order },
          limit: request.limit + 1,
          comment: 'members.page',
        })
        .toArray();
      return toPage(rows.map(toMember), request.limit);
    },

    /** Both members of each of these chats between two, in the order of joining. */
    async ofPairs(conversationIds: readonly string[]): Promise<Member[]> {
      const ids = conversationIds.map((id) => toObjectId(id));
      const rows = await members
        .find({ conversationId: { $in: ids }, leftSequence: null }, { comment: 'members.ofPairs' })
        .toArray();
      return rows.map(toMember).sort((a, b) => compareMemberKeys(a, b));
    },

    /** How many took part. @param asOf see `page`. */
    async count(conversationId: string, asOf: number): Promise<number> {
      return members.countDocuments(presentAt(toObjectId(conversationId), asOf), { comment: 'members.count' });
    },

    /** Present members in the order of joining: all of them, as a group is bounded. */
    async present(tx: MongoTransaction, conversationId: string): Promise<Member[]> {
      const rows = await members
        .find(presentAt(toObjectId(conversationId), null), {
          sort: { joinedSequence: 1, userId: 1 },
          session: tx.session,
          comment: 'members.present',
        })
        .toArray();
      return rows.map(toMember);
    },

    /** A person's present memberships, up to `limit`, by conversation after the given one. */
    async ofPerson(userId: string, after: string | undefined, limit: number): Promise<Member[]> {
      const rows = await members
        .find(
          {
            userId,
            leftSequence: null,
            ...(after === undefined ? {} : { conversationId: { $gt: toObjectId(after) } }),
          },
          { sort: { conversationId: 1 }, limit, comment: 'members.ofPerson' },
        )
        .toArray();
      return rows.map(toMember);
    },

    /** Stores people who were never in the conversation. Nothing before they joined is unread to them. */
    async insert(tx: MongoTransaction, conversationId: string, people: readonly NewMember[]): Promise<void> {
      if (people.length === 0) return;
      await members.insertMany(
        people.map((person) => ({
          _id: new ObjectId(),
          conversationId: toObjectId(conversationId),
          ...person,
          leftAt: null,
          leftNumber: null,
          leftSequence: null,
          lastReadNumber: person.joinedNumber,
          earlierPeriods: [],
        })),
        { session: tx.session, comment: 'members.insert' },
      );
    },

    /** Takes a former member back; what they had before stays theirs. */
    async rejoin(tx: MongoTransaction, former: Member, person: NewMember): Promise<void> {
      const { joinedNumber } = former;
      const earlier = { joinedNumber, leftNumber: former.leftNumber ?? joinedNumber };
      await members.updateOne(
        { conversationId: toObjectId(former.conversationId), userId: former.userId },
        {
          $set: {
            ...person,
            leftAt: null,
            leftNumber: null,
            leftSequence: null,
            lastReadNumber: person.joinedNumber,
            earlierPeriods: [...former.earlierPeriods, earlier].slice(-100),
          },
        },
        { session: tx.session, comment: 'members.rejoin' },
      );
    },

    /** Ends a membership behind the given message. */
    async leave(tx: MongoTransaction, ref: MemberRef, at: { date: Date; number: number; sequence: number }) {
      await members.updateOne(
        { conversationId: toObjectId(ref.conversationId), userId: ref.userId },
        { $set: { role: 'Member', leftAt: at.date, leftNumber: at.number, leftSequence: at.sequence } },
        { session: tx.session, comment: 'members.leave' },
      );
    },

    async setRole(tx: MongoTransaction, ref: MemberRef, role: Role): Promise<void> {
      await members.updateOne(
        { conversationId: toObjectId(ref.conversationId), userId: ref.userId },
        { $set: { role } },
        { session: tx.session, comment: 'members.setRole' },
      );
    },

    /** Moves the watermark forward. False when it is there or further already. */
    async advanceRead(tx: MongoTransaction, ref: MemberRef, to: number): Promise<boolean> {
      const result = await members.updateOne(
        { conversationId: toObjectId(ref.conversationId), userId: ref.userId, lastReadNumber: { $lt: to } },
        { $set: { lastReadNumber: to } },
        { session: tx.session, comment: 'members.advanceRead' },
      );
      return result.modifiedCount > 0;
    },
  };
}

/** What {@link createMemberRepository} returns. */
export type MemberRepository = ReturnType<typeof createMemberRepository>;
