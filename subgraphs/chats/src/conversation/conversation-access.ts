import type { Conversation, ConversationView, Member } from './conversation.ts';
import type { ConversationRepository } from './conversation-repository.ts';
import type { MemberRepository } from './member-repository.ts';

/**
 * The one way to a conversation: as somebody who is or was a member has it. For everybody else it doesn't exist.
 */
export function createConversationAccess(conversations: ConversationRepository, members: MemberRepository) {
  return {
    /** What the viewer has of these conversations, in the order of ids; null where they have nothing. */
    async views(viewerId: string, ids: readonly string[]): Promise<(ConversationView | null)[]> {
      // Members first: counters that are read later can't be behind what the membership says.
      const own = await members.inConversations(viewerId, ids);
      const found = await conversations.byIds(own.map(({ conversationId }) => conversationId));
      const memberOf = new Map<string, Member>(own.map((member) => [member.conversationId, member]));
      const byId = new Map<string, Conversation>(found.map((conversation) => [conversation.id, conversation]));
      return ids.map((id) => {
        const key = id.toLowerCase();
        const conversation = byId.get(key);
        const member = memberOf.get(key);
        return conversation && member ? { conversation, member } : null;
      });
    },

    /** What the viewer has of one conversation. */
    async view(viewerId: string, id: string): Promise<ConversationView | null> {
      return (await this.views(viewerId, [id]))[0] ?? null;
    },
  };
}

/** What {@link createConversationAccess} returns. */
export type ConversationAccess = ReturnType<typeof createConversationAccess>;
