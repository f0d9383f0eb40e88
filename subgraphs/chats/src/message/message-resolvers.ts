import { requireViewer, viewerOf } from '@postbook/service-kit';
import type { Resolvers } from '../generated/resolver-types.ts';

/** Messages and how they are sent. */
export const messageResolvers = {
  Mutation: {
    async sendMessage(_parent, { input }, context) {
      const { value, errors } = await context.services.messages.send(requireViewer(context).userId, input);
      return { message: value, errors };
    },
  },
  Message: {
    __resolveReference: ({ id }, { loaders }) => loaders.visibleMessages.load(id),
    sender: ({ senderId }) => ({ id: senderId }),
    type: ({ kind }) => (kind === 'System' ? 'SYSTEM' : 'TEXT'),
    clientMessageId: ({ senderId, clientMessageId }, _args, context) =>
      viewerOf(context)?.userId === senderId ? clientMessageId : null,
  },
} satisfies Resolvers;
