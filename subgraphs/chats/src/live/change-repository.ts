import type { ConversationEventDocument } from '@postbook/db/chats';
import { fromObjectId, type MongoTransaction, toObjectId } from '@postbook/service-kit';
import { type Db, ObjectId } from 'mongodb';
import type { Change } from './change.ts';

function toChange(document: ConversationEventDocument): Change {
  const { kind, sequence, messageId, userId } = document;
  const conversationId = fromObjectId(document.conversationId);
  switch (kind) {
    case 'Created':
      return { kind, conversationId, sequence };
    case 'MessageSent':
      return { kind, conversationId, sequence, messageId: messageId ? fromObjectId(messageId) : '' };
    case 'MemberJoined':
    case 'MemberLeft':
      return { kind, conversationId, sequence, userId: userId ?? '' };
    default:
      return kind satisfies never;
  }
}

/** The changes of conversations, in order: collection `conversation_events`. */
export function createChangeRepository(db: Db) {
  const changes = db.collection<ConversationEventDocument>('conversation_events');
  return {
    async insert(tx: MongoTransaction, added: readonly Change[], at: Date): Promise<void> {
      await changes.insertMany(
        added.map((change) => ({
          _id: new ObjectId(),
          conversationId: toObjectId(change.conversationId),
          sequence: change.sequence,
          kind: change.kind,
          ...('messageId' in change ? { messageId: toObjectId(change.messageId) } : {}),
          ...('userId' in change ? { userId: change.userId } : {}),
          at,
        })),
        { session: tx.session, comment: 'changes.insert' },
      );
    },

    /** Up to `limit` changes with a higher sequence, lowest first. */
    async after(conversationId: string, sequence: number, limit: number): Promise<Change[]> {
      const rows = await changes
        .find(
          { conversationId: toObjectId(conversationId), sequence: { $gt: sequence } },
          { sort: { sequence: 1 }, limit, comment: 'changes.after' },
        )
        .toArray();
      return rows.map(toChange);
    },
  };
}

/** What {@link createChangeRepository} returns. */
export type ChangeRepository = ReturnType<typeof createChangeRepository>;
