import type { RelationRepository } from '@postbook/people';
import { ForbiddenError } from '@postbook/service-kit';
import DataLoader from 'dataloader';
import type { Conversation } from '../conversation/conversation.ts';
import { otherOf } from '../conversation/conversation-policy.ts';
import type { ConversationRepository } from '../conversation/conversation-repository.ts';

/** How long checks are gathered, in milliseconds: thousands of open streams then look into the store with few queries. */
const GATHER_MS = 10;

const refuse = () => new ForbiddenError('You are no longer in this conversation, or may not follow it.');

const gathered = { cache: false, maxBatchSize: 500, batchScheduleFn: (run: () => void) => setTimeout(run, GATHER_MS) };

/** Decides, again and again while a stream is open, whether its viewer may still follow the conversation. */
export function createLiveAccess(
  conversations: Pick<ConversationRepository, 'byIds'>,
  relations: Pick<RelationRepository, 'areBlocked'>,
) {
  const heads = new DataLoader<string, Conversation | undefined>(async (ids) => {
    const found = await conversations.byIds([...new Set(ids)]);
    const byId = new Map(found.map((conversation) => [conversation.id, conversation]));
    return ids.map((id) => byId.get(id));
  }, gathered);
  const blocks = new DataLoader<readonly [string, string], boolean>((pairs) => relations.areBlocked(pairs), gathered);

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
      if (other !== undefined && (await blocks.load([viewerId, other]))) throw refuse();
      return conversation.sequence;
    },

    /**
     * The same for nobody in particular.
     *
     * @throws ForbiddenError when there is no such conversation.
     */
    async sequence(conversationId: string): Promise<number> {
      const conversation = await heads.load(conversationId);
      if (!conversation) throw refuse();
      return conversation.sequence;
    },
  };
}

/** What {@link createLiveAccess} returns. */
export type LiveAccess = ReturnType<typeof createLiveAccess>;
