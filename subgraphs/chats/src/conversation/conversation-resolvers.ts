import { type Outcome, requireViewer } from '@postbook/service-kit';
import type { MemberRole, Resolvers } from '../generated/resolver-types.ts';
import { toEventCursor } from '../live/event-cursor.ts';
import type { ConversationView, Role } from './conversation.ts';
import { visibleRanges } from './conversation-policy.ts';

const ROLES: Readonly<Record<Role, MemberRole>> = { Owner: 'OWNER', Admin: 'ADMIN', Member: 'MEMBER' };

const toPayload = ({ value, errors }: Outcome<ConversationView>) => ({ conversation: value, errors });

/** Conversations, their members, and what can be done with them. */
export const conversationResolvers = {
  Query: {
    conversation(_parent, { id }, context) {
      requireViewer(context);
      return context.loaders.views.load(id);
    },
    conversations: (_parent, args, context) =>
      context.services.conversationReader.list(requireViewer(context).userId, args),
    unreadMessageCount: (_parent, _args, context) => context.services.unread.total(requireViewer(context).userId),
  },
  Mutation: {
    openDirectConversation: async (_parent, { input }, context) =>
      toPayload(await context.services.conversations.openDirect(requireViewer(context).userId, input.userId)),
    createGroup: async (_parent, { input }, context) =>
      toPayload(await context.services.conversations.createGroup(requireViewer(context).userId, input)),
    addMembers: async (_parent, { input }, context) =>
      toPayload(await context.services.memberships.addMembers(requireViewer(context).userId, input)),
    async leaveConversation(_parent, { input }, context) {
      const { memberships } = context.services;
      const { value, errors } = await memberships.leave(requireViewer(context).userId, input.conversationId);
      return { conversationId: value, errors };
    },
    markRead: async (_parent, { input }, context) =>
      toPayload(await context.services.reads.markRead(requireViewer(context).userId, input)),
  },
  Conversation: {
    __resolveReference: ({ id }, { loaders }) => loaders.views.load(id),
    id: ({ conversation }) => conversation.id,
    kind: ({ conversation }) => (conversation.kind === 'Direct' ? 'DIRECT' : 'GROUP'),
    name: ({ conversation }) => conversation.name,
    description: ({ conversation }) => conversation.description,
    members: (view, args, { services, loaders }) =>
      services.conversationReader.members(view, args, (id) => loaders.pairs.load(id)),
    memberCount: (view, _args, { services }) => services.conversationReader.memberCount(view),
    viewerMember: ({ member }) => member,
    messages: (view, args, { services }) => services.messageReader.history(view, args),
    async lastMessage(view, _args, { loaders }) {
      const number = visibleRanges(view).at(-1)?.to;
      if (number === undefined) return null;
      return loaders.messagesByNumber.load({ conversationId: view.conversation.id, number });
    },
    unreadCount: (view, _args, { loaders }) => loaders.unread.load(view),
    eventCursor: ({ conversation, member }) =>
      toEventCursor(conversation.id, member.leftSequence ?? conversation.sequence),
    createdAt: ({ conversation }) => conversation.createdAt,
    lastActivityAt: ({ conversation, member }) => member.leftAt ?? conversation.lastActivityAt,
  },
  ConversationMember: {
    user: ({ userId }) => ({ id: userId }),
    role: ({ role }) => ROLES[role],
  },
} satisfies Resolvers;
