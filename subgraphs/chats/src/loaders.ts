import type { PartialCard } from '@postbook/people';
import DataLoader from 'dataloader';
import type { ConversationView, Member } from './conversation/conversation.ts';
import type { ConversationAccess } from './conversation/conversation-access.ts';
import type { MemberRepository } from './conversation/member-repository.ts';
import type { UnreadCounter } from './conversation/unread.ts';
import type { Message, MessageRef } from './message/message.ts';
import type { MessageReader } from './message/message-reader.ts';
import type { MessageRepository } from './message/message-repository.ts';
import type { SharedLoaders } from './shared-loaders.ts';

/** Where loaders read. */
export interface LoaderSources {
  readonly access: ConversationAccess;
  readonly members: MemberRepository;
  readonly messageReader: MessageReader;
  readonly messages: MessageRepository;
  readonly unread: UnreadCounter;
  readonly shared: SharedLoaders;
}

const refKey = ({ conversationId, number }: MessageRef): string => `${conversationId}:${number}`;

/**
 * Batches the reads of one request. Only people are remembered within it: several mutations may follow each other in a
 * request, and the later must not be answered with what was before the earlier.
 *
 * @param viewerId undefined for the anonymous, who have no conversation.
 */
export function createLoaders(viewerId: string | undefined, sources: LoaderSources) {
  const { access, members, messageReader, messages, unread, shared } = sources;
  return {
    /** The viewer's conversations by id; null where they have none. */
    views: new DataLoader<string, ConversationView | null>(
      async (ids) => (viewerId === undefined ? ids.map(() => null) : access.views(viewerId, ids)),
      { cache: false },
    ),

    /** Messages by id; null where the viewer may not see one. */
    visibleMessages: new DataLoader<string, Message | null>(
      async (ids) => (viewerId === undefined ? ids.map(() => null) : messageReader.visible(viewerId, ids)),
      { cache: false },
    ),

    /** Messages by id, of conversations for which the viewer was authorised already. */
    messages: shared.messages,

    /** Messages by conversation and number, of conversations for which the viewer was authorised already. */
    messagesByNumber: new DataLoader<MessageRef, Message | null>(
      async (refs) => {
        const found = new Map((await messages.byNumbers(refs)).map((message) => [refKey(message), message]));
        return refs.map((ref) => found.get(refKey(ref)) ?? null);
      },
      { cache: false },
    ),

    /** Both members of chats between two, for which the viewer was authorised already. */
    pairs: new DataLoader<string, readonly Member[]>(
      async (ids) => {
        const found = Map.groupBy(await members.ofPairs([...new Set(ids)]), ({ conversationId }) => conversationId);
        return ids.map((id) => found.get(id) ?? []);
      },
      { cache: false },
    ),

    /** How many messages the viewer has not read. */
    unread: new DataLoader<ConversationView, number>(
      async (views) => {
        const counts = viewerId === undefined ? undefined : await unread.count(viewerId, views);
        return views.map(({ conversation }) => counts?.get(conversation.id) ?? 0);
      },
      { cache: false },
    ),

    /** What is shown of people; null for those who don't exist. */
    cards: new DataLoader<string, PartialCard | null>((ids) => Promise.all(ids.map((id) => shared.cards.load(id)))),
  };
}

/** What {@link createLoaders} returns. */
export type Loaders = ReturnType<typeof createLoaders>;
