import {
  type Connection,
  type ConnectionArguments,
  createCursorCodec,
  pageRequest,
  timeCursorCodec,
  toConnection,
} from '@postbook/service-kit';
import { z } from 'zod';
import type { ConversationView, Member, MemberKey } from './conversation.ts';
import type { ConversationRepository } from './conversation-repository.ts';
import type { MemberRepository } from './member-repository.ts';

const listCursors = timeCursorCodec('conversations');
const memberCursors = createCursorCodec<MemberKey>(
  'members',
  z.object({ joinedSequence: z.int(), userId: z.string().max(64) }),
);

/** What {@link createConversationReader} needs. */
export interface ConversationReaderOptions {
  readonly conversations: ConversationRepository;
  readonly members: MemberRepository;
}

/** Reads conversations and their members, as the viewer may see them. */
export function createConversationReader({ conversations, members }: ConversationReaderOptions) {
  return {
    /** The viewer's conversations, newest activity first. @throws BadUserInputError */
    async list(viewerId: string, args: ConnectionArguments): Promise<Connection<ConversationView>> {
      const request = pageRequest(args, listCursors);
      const page = await conversations.ofMember(viewerId, request);
      const own = await members.inConversations(
        viewerId,
        page.rows.map(({ id }) => id),
      );
      const memberOf = new Map(own.map((member) => [member.conversationId, member]));
      const rows = page.rows.flatMap((conversation) => {
        const member = memberOf.get(conversation.id);
        return member ? [{ conversation, member }] : [];
      });
      return toConnection(
        { rows, hasMore: page.hasMore },
        request,
        listCursors,
        ({ conversation }) => ({ at: conversation.lastActivityAt, id: conversation.id }),
        (row) => row,
      );
    },

    /** Who takes part, in the order of joining; for who left, as it was when they did. @throws BadUserInputError */
    async members({ conversation, member }: ConversationView, args: ConnectionArguments): Promise<Connection<Member>> {
      const request = pageRequest(args, memberCursors);
      const page = await members.page(conversation.id, member.leftSequence, request);
      return toConnection(
        page,
        request,
        memberCursors,
        ({ joinedSequence, userId }) => ({ joinedSequence, userId }),
        (row) => row,
      );
    },

    /** How many take part; for who left, how many they left behind, themselves included. */
    async memberCount({ conversation, member }: ConversationView): Promise<number> {
      if (member.leftSequence === null) return conversation.memberIds.length;
      return members.count(conversation.id, member.leftSequence);
    },
  };
}

/** What {@link createConversationReader} returns. */
export type ConversationReader = ReturnType<typeof createConversationReader>;
