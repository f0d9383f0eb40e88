import { ForbiddenError } from '@postbook/service-kit';
import DataLoader from 'dataloader';
import type { Conversation } from '../conversation/conversation.ts';
import { otherOf } from '../conversation/conversation-policy.ts';
import type { ConversationRepository } from '../conversation/conversation-repository.ts';
import type { Contacts } from '../people/contacts.ts';

/** How long checks are gathered, in milliseconds: thousands of open streams then look into the store with few queries. */
const GATHER_MS = 10;

const refuse = () => new ForbiddenError('You are no longer in this conversation, or may not follow it.');

/** Decides, again and again while a stream is open, whether its viewer may still follow the conversation. */
export function createLiveAccess(conversations: ConversationRepository, contacts: Contacts) {
  const heads = new DataLoader<string, Conversation | undefined>(
    async (ids) => {
      const found = new Map((await conversations.byIds(ids)).map((conversation) => [conversation.id, conversation]));
      return ids.map((id) => found.get(id));
    },
    { cache: false, maxBatchSize: 500, batchScheduleFn: (run) => setTimeout(run, GATHER_MS) },
  );

  return {
    /**
     * The sequence of the conversation's newest change.
     *
     * @throws ForbiddenError when the viewer isn't a member, or one of two has blocked the other.
     */
    async head(viewerId: string, conversationId: string): Promise<number> {
      const conversation = await heads.load(conversationId);
      if (!conversation?.memberIds.includes(viewerId)) throw refuse();
      const other = otherOf(conversation, viewerId);
      if (other !== undefined && (await contacts.isBlocked(viewerId, other))) throw refuse();
      return conversation.sequence;
    },
  };
}

/** What {@link createLiveAccess} returns. */
export type LiveAccess = ReturnType<typeof createLiveAccess>;
