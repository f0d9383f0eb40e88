import type { DirectConversationDocument } from '@postbook/db/chats';
import { fromObjectId, type MongoTransaction, toObjectId } from '@postbook/service-kit';
import type { Db } from 'mongodb';

const keyOf = (a: string, b: string): string => [a, b].sort().join(':');

/** Which conversation is that of two people. */
export function createDirectConversationRepository(db: Db) {
  const pairs = db.collection<DirectConversationDocument>('direct_conversations');
  return {
    /** The id of the two people's conversation, in either order. */
    async find(a: string, b: string, tx?: MongoTransaction): Promise<string | undefined> {
      const options = { comment: 'directConversations.find', ...(tx ? { session: tx.session } : {}) };
      const found = await pairs.findOne({ _id: keyOf(a, b) }, options);
      return found ? fromObjectId(found.conversationId) : undefined;
    },

    /** @throws a duplicate key error when the two have one: somebody was faster. */
    async insert(tx: MongoTransaction, a: string, b: string, conversationId: string, createdAt: Date): Promise<void> {
      await pairs.insertOne(
        { _id: keyOf(a, b), conversationId: toObjectId(conversationId), createdAt },
        { session: tx.session, comment: 'directConversations.insert' },
      );
    },
  };
}

/** What {@link createDirectConversationRepository} returns. */
export type DirectConversationRepository = ReturnType<typeof createDirectConversationRepository>;
