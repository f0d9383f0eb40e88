import type { ConversationDocument } from '@postbook/db/chats';
import {
  fromObjectId,
  type MongoTransaction,
  type Page,
  type PageRequest,
  parseObjectId,
  type TimeKey,
  toObjectId,
  toPage,
} from '@postbook/service-kit';
import { type Db, type Filter, ObjectId } from 'mongodb';
import type { Conversation } from './conversation.ts';

/** A conversation to store. Its first change has sequence 1. */
export interface NewConversation {
  readonly id: string;
  readonly kind: Conversation['kind'];
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly createdById: string;
  readonly memberIds: readonly string[];
  readonly createdAt: Date;
  readonly request?: { readonly clientMutationId: string; readonly requestHash: string } | undefined;
}

/** By how much a change moves a conversation's counters, and what else it changes. */
export interface Advance {
  readonly messages: number;
  readonly changes: number;
  readonly at: Date;
  readonly addMemberIds?: readonly string[];
  readonly removeMemberId?: string;
}

/** A new conversation's id. */
export const newConversationId = (): string => new ObjectId().toHexString();

const toConversation = (document: ConversationDocument): Conversation => ({
  id: fromObjectId(document._id),
  kind: document.type === 'OneOnOne' ? 'Direct' : 'Group',
  name: document.name ?? null,
  description: document.description ?? null,
  createdById: document.createdById,
  memberIds: document.memberIds,
  messageNumber: document.messageNumber,
  sequence: document.sequence,
  createdAt: document.createdAt,
  lastActivityAt: document.lastActivityAt,
});

/** Conversations in ChatServiceDB. */
export function createConversationRepository(db: Db) {
  const conversations = db.collection<ConversationDocument>('conversations');
  return {
    async insert(tx: MongoTransaction, conversation: NewConversation): Promise<Conversation> {
      const document: ConversationDocument = {
        _id: toObjectId(conversation.id),
        type: conversation.kind === 'Direct' ? 'OneOnOne' : 'Group',
        ...(conversation.name === undefined ? {} : { name: conversation.name }),
        ...(conversation.description === undefined ? {} : { description: conversation.description }),
        createdById: conversation.createdById,
        memberIds: [...conversation.memberIds],
        messageNumber: 0,
        sequence: 1,
        createdAt: conversation.createdAt,
        lastActivityAt: conversation.createdAt,
        ...conversation.request,
      };
      await conversations.insertOne(document, { session: tx.session, comment: 'conversations.insert' });
      return toConversation(document);
    },

    /** Those that exist, in no order. Ids that are none are left out. */
    async byIds(ids: readonly string[], tx?: MongoTransaction): Promise<Conversation[]> {
      const keys = ids.map(parseObjectId).filter((id) => id !== undefined);
      if (keys.length === 0) return [];
      const options = { comment: 'conversations.byIds', ...(tx ? { session: tx.session } : {}) };
      return (await conversations.find({ _id: { $in: keys } }, options).toArray()).map(toConversation);
    },

    /** Those that the person takes part in, newest activity first. */
    async ofMember(userId: string, request: PageRequest<TimeKey>): Promise<Page<Conversation>> {
      const { cursor, direction, limit } = request;
      const isForward = direction === 'forward';
      const [past, upTo] = isForward ? (['$lt', '$lte'] as const) : (['$gt', '$gte'] as const);
      const filter: Filter<ConversationDocument> = { memberIds: userId };
      if (cursor) {
        filter.lastActivityAt = { [upTo]: cursor.at };
        filter.$or = [
          { lastActivityAt: { [past]: cursor.at } },
          { _id: { [past]: toObjectId(cursor.id) } },
        ] as Filter<ConversationDocument>[];
      }
      const order = isForward ? -1 : 1;
      const rows = await conversations
        .find(filter, {
          sort: { lastActivityAt: order, _id: order },
          limit: limit + 1,
          comment: 'conversations.ofMember',
        })
        .toArray();
      return toPage(rows.map(toConversation), limit);
    },

    /** The group that the person's request made, with the request's fingerprint. */
    async byRequest(createdById: string, clientMutationId: string) {
      const found = await conversations.findOne(
        { createdById, clientMutationId },
        { projection: { requestHash: 1 }, comment: 'conversations.byRequest' },
      );
      return found ? { id: fromObjectId(found._id), requestHash: found.requestHash ?? '' } : undefined;
    },

    /**
     * Takes numbers for messages and changes and returns the conversation after it. All writers of a conversation meet
     * here: whoever commits second is told of a conflict and tries again, so numbers have neither gaps nor repeats.
     */
    async advance(tx: MongoTransaction, id: string, by: Advance): Promise<Conversation | undefined> {
      const document = await conversations.findOneAndUpdate(
        { _id: toObjectId(id) },
        {
          $inc: { messageNumber: by.messages, sequence: by.changes },
          $max: { lastActivityAt: by.at },
          ...(by.addMemberIds ? { $push: { memberIds: { $each: [...by.addMemberIds] } } } : {}),
          ...(by.removeMemberId ? { $pull: { memberIds: by.removeMemberId } } : {}),
        },
        { returnDocument: 'after', session: tx.session, comment: 'conversations.advance' },
      );
      return document ? toConversation(document) : undefined;
    },
  };
}

/** What {@link createConversationRepository} returns. */
export type ConversationRepository = ReturnType<typeof createConversationRepository>;
