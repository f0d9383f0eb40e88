import type { MessageRepository, OwnRange } from '../message/message-repository.ts';
import type { ConversationView } from './conversation.ts';
import type { ConversationAccess } from './conversation-access.ts';
import { lastVisibleNumber } from './conversation-policy.ts';
import type { MemberRepository } from './member-repository.ts';

/** Memberships read at a time when counting over all conversations. */
const CHUNK = 500;
/** Stretches counted per query. */
const RANGES_PER_QUERY = 50;

const key = ({ conversation }: ConversationView): string => conversation.id;

/** The messages after the watermark, own ones included. */
const unreadRange = (view: ConversationView): OwnRange => ({
  conversationId: view.conversation.id,
  from: view.member.lastReadNumber + 1,
  to: lastVisibleNumber(view),
});

/**
 * Counts what a person has not read: head − watermark − own messages in between. Exact for the head and the watermark
 * that were read, as own messages are counted up to that head and numbers have no gaps.
 */
export function createUnreadCounter(
  access: ConversationAccess,
  members: MemberRepository,
  messages: MessageRepository,
) {
  /** Unread messages of each conversation, by id. */
  async function count(viewerId: string, views: readonly ConversationView[]): Promise<Map<string, number>> {
    const ranges = new Map(views.map((view) => [key(view), unreadRange(view)]));
    const behind = [...ranges.values()].filter(({ from, to }) => from <= to);
    const own = new Map<string, number>();
    for (let start = 0; start < behind.length; start += RANGES_PER_QUERY) {
      const counted = await messages.countOwn(viewerId, behind.slice(start, start + RANGES_PER_QUERY));
      for (const [id, number] of counted) own.set(id, number);
    }
    return new Map([...ranges].map(([id, { from, to }]) => [id, Math.max(0, to - from + 1 - (own.get(id) ?? 0))]));
  }

  return {
    count,

    /** Unread messages over all conversations that the person takes part in. */
    async total(viewerId: string): Promise<number> {
      let total = 0;
      let after: string | undefined;
      for (;;) {
        const chunk = await members.ofPerson(viewerId, after, CHUNK);
        const ids = chunk.map(({ conversationId }) => conversationId);
        const views = (await access.views(viewerId, ids)).filter((view) => view !== null);
        for (const number of (await count(viewerId, views)).values()) total += number;
        if (chunk.length < CHUNK) return total;
        after = ids.at(-1);
      }
    },
  };
}

/** What {@link createUnreadCounter} returns. */
export type UnreadCounter = ReturnType<typeof createUnreadCounter>;
