import { NotFoundError, openLive, requireViewer } from '@postbook/service-kit';
import type { Resolvers } from '../generated/resolver-types.ts';
import type { StreamEvent } from './conversation-stream.ts';
import { toEventCursor } from './event-cursor.ts';

const TYPE_NAMES = {
  MessageSent: 'MessageSentEvent',
  MemberJoined: 'MemberJoinedEvent',
  MemberLeft: 'MemberLeftEvent',
  MessagesRead: 'MessagesReadEvent',
} as const satisfies Record<StreamEvent['event']['kind'], string>;

const common = {
  conversationId: ({ event }: StreamEvent) => event.conversationId,
  cursor: ({ event, sequence }: StreamEvent) => toEventCursor(event.conversationId, sequence),
};

/** What happens in a conversation, live. */
export const liveResolvers = {
  Subscription: {
    conversationEvents: {
      subscribe(_parent, { conversationId, after }, context) {
        const { live } = context.services;
        return openLive<StreamEvent>(context, {
          own: () => live.open(requireViewer(context).userId, conversationId, after),
          attach: () => live.attach(requireViewer(context).userId, conversationId, after),
          topic: (topic, position) => live.openTopic(conversationId, topic, position),
        });
      },
      resolve: (event: StreamEvent) => event,
    },
  },
  ConversationEvent: { __resolveType: ({ event }) => TYPE_NAMES[event.kind] },
  MessageSentEvent: {
    ...common,
    async message({ event }, _args, { loaders }) {
      const message = await loaders.messages.load(event.messageId);
      if (message) return message;
      throw new NotFoundError('This message is gone.');
    },
  },
  MemberJoinedEvent: { ...common, user: ({ event }) => ({ id: event.userId }) },
  MemberLeftEvent: { ...common, user: ({ event }) => ({ id: event.userId }) },
  MessagesReadEvent: {
    ...common,
    user: ({ event }) => ({ id: event.userId }),
    lastReadNumber: ({ event }) => event.lastReadNumber,
  },
} satisfies Resolvers;
