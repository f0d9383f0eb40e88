import type { MessageDocument } from '@postbook/db/chats';
import { fromObjectId, type MongoTransaction, parseObjectId, toObjectId } from '@postbook/service-kit';
import { type Db, ObjectId } from 'mongodb';
import type { NumberRange } from '../conversation/conversation-policy.ts';
import type { Draft, Message, MessageRef } from './message.ts';

/** A message that was stored for a request, with the request's fingerprint. */
export interface SentMessage {
  readonly message: Message;
  readonly requestHash: string;
}

/** A message to store. */
export interface NewMessage extends Draft {
  readonly id: string;
  readonly number: number;
  readonly sequence: number;
}

/** A stretch of a conversation, and whose messages in it to count. */
export interface OwnRange extends NumberRange {
  readonly conversationId: string;
}

/** A new message's id. */
export const newMessageId = (): string => new ObjectId().toHexString();

/** Kinds that can't be sent yet are shown as text. */
const kindOf = ({ messageType }: MessageDocument): Message['kind'] =>
  messageType === 'System' || messageType === 'Media' ? messageType : 'Text';

const toMessage = (document: MessageDocument): Message => ({
  id: fromObjectId(document._id),
  conversationId: fromObjectId(document.conversationId),
  number: document.number,
  senderId: document.senderId,
  kind: kindOf(document),
  content: document.content,
  mediaIds: (document.mediaIds ?? []).map(fromObjectId),
  clientMessageId: document.clientMessageId ?? null,
  createdAt: document.createdAt,
});

/** Messages in ChatServiceDB. */
export function createMessageRepository(db: Db) {
  const messages = db.collection<MessageDocument>('messages');
  return {
    async insert(tx: MongoTransaction, conversationId: string, drafts: readonly NewMessage[], createdAt: Date) {
      const documents = drafts.map(
        ({ id, number, sequence, senderId, content, mediaIds, request }): MessageDocument => ({
          _id: toObjectId(id),
          conversationId: toObjectId(conversationId),
          number,
          sequence,
          senderId,
          messageType: mediaIds.length > 0 ? 'Media' : 'Text',
          content,
          ...(mediaIds.length > 0 ? { mediaIds: mediaIds.map((mediaId) => toObjectId(mediaId)) } : {}),
          ...request,
          createdAt,
        }),
      );
      await messages.insertMany(documents, { session: tx.session, comment: 'messages.insert' });
      return documents.map(toMessage);
    },

    /** What these requests have stored already. */
    async sentBy(
      conversationId: string,
      requests: readonly { readonly senderId: string; readonly clientMessageId: string }[],
      tx?: MongoTransaction,
    ): Promise<SentMessage[]> {
      if (requests.length === 0) return [];
      const options = { comment: 'messages.sentBy', ...(tx ? { session: tx.session } : {}) };
      const own = toObjectId(conversationId);
      const rows = await messages
        .find(
          {
            $or: requests.map(({ senderId, clientMessageId }) => ({ conversationId: own, senderId, clientMessageId })),
          },
          options,
        )
        .toArray();
      return rows.map((row) => ({ message: toMessage(row), requestHash: row.requestHash ?? '' }));
    },

    /** Those that exist, in no order. */
    async byIds(ids: readonly string[]): Promise<Message[]> {
      const keys = ids.map(parseObjectId).filter((id) => id !== undefined);
      if (keys.length === 0) return [];
      return (await messages.find({ _id: { $in: keys } }, { comment: 'messages.byIds' }).toArray()).map(toMessage);
    },

    /** Those that exist, in no order. */
    async byNumbers(refs: readonly MessageRef[]): Promise<Message[]> {
      if (refs.length === 0) return [];
      const filter = {
        $or: refs.map(({ conversationId, number }) => ({ conversationId: toObjectId(conversationId), number })),
      };
      return (await messages.find(filter, { comment: 'messages.byNumbers' }).toArray()).map(toMessage);
    },

    /** Up to `limit` messages of the range, from its beginning, or `backward` from its end. */
    async inRange(conversationId: string, range: NumberRange, direction: 'forward' | 'backward', limit: number) {
      const rows = await messages
        .find(
          { conversationId: toObjectId(conversationId), number: { $gte: range.from, $lte: range.to } },
          { sort: { number: direction === 'forward' ? 1 : -1 }, limit, comment: 'messages.inRange' },
        )
        .toArray();
      return rows.map(toMessage);
    },

    /** How many messages in each stretch are the sender's own, by conversation. */
    async countOwn(senderId: string, ranges: readonly OwnRange[]): Promise<Map<string, number>> {
      if (ranges.length === 0) return new Map();
      const stretches = ranges.map(({ conversationId, from, to }) => ({
        conversationId: toObjectId(conversationId),
        senderId,
        number: { $gte: from, $lte: to },
      }));
      const rows = await messages
        .aggregate<{ _id: ObjectId; count: number }>(
          [{ $match: { $or: stretches } }, { $group: { _id: '$conversationId', count: { $sum: 1 } } }],
          { comment: 'messages.countOwn' },
        )
        .toArray();
      return new Map(rows.map(({ _id, count }) => [fromObjectId(_id), count]));
    },
  };
}

/** What {@link createMessageRepository} returns. */
export type MessageRepository = ReturnType<typeof createMessageRepository>;
