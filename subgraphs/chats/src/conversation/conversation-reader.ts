import {
  type Connection,
  type ConnectionArguments,
  createCursorCodec,
  type Page,
  type PageRequest,
  pageRequest,
  timeCursorCodec,
  toConnection,
  toPage,
} from '@postbook/service-kit';
import { z } from 'zod';
import { type ConversationView, compareMemberKeys, type Member, type MemberKey } from './conversation.ts';
import type { ConversationRepository } from './conversation-repository.ts';
import type { MemberRepository } from './member-repository.ts';

const listCursors = timeCursorCodec('conversations');
const memberCursors = createCursorCodec<MemberKey>(
  'members',
  z.object({ joinedSequence: z.int(), userId: z.string().max(64) }),
);

/** A page of members that are all at hand, in their order. */
export function pageOfAll(all: readonly Member[], { cursor, direction, limit }: PageRequest<MemberKey>): Page<Member> {
  const isForward = direction === 'forward';
  const ordered = isForward ? all : [...all].reverse();
  const past = ordered.filter((member) => {
    const distance = cursor ? compareMemberKeys(member, cursor) : 0;
    return !cursor || (isForward ? distance > 0 : distance < 0);
  });
  return toPage(past, limit);
}

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

    /**
     * Who takes part, in the order of joining; for who left, as it was when they did.
     *
     * @param pairOf both members of a chat between two: a list of chats asks for all of them in one query.
     * @throws BadUserInputError
     */
    async members(
      { conversation, member }: ConversationView,
      args: ConnectionArguments,
      pairOf: (conversationId: string) => Promise<readonly Member[]>,
    ): Promise<Connection<Member>> {
      const request = pageRequest(args, memberCursors);
      const page =
        conversation.kind === 'Direct'
          ? pageOfAll(await pairOf(conversation.id), request)
          : await members.page(conversation.id, member.leftSequence, request);
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
