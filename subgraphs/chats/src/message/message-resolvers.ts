import { requireViewer } from '@postbook/service-kit';
import type { MessageType, Resolvers } from '../generated/resolver-types.ts';
import type { Message } from './message.ts';

const TYPES: Readonly<Record<Message['kind'], MessageType>> = { Text: 'TEXT', Media: 'MEDIA', System: 'SYSTEM' };

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
    type: ({ kind }) => TYPES[kind],
    attachments: ({ mediaIds }) => mediaIds.map((id) => ({ id })),
  },
} satisfies Resolvers;
