import { NotFoundError, requireViewer } from '@postbook/service-kit';
import type { Context } from '../context.ts';
import type { FriendRequestStatus, Resolvers } from '../generated/resolver-types.ts';
import { waitingRequests } from './friend-request-loaders.ts';
import type { Answer } from './friend-request-policy.ts';

const answer =
  (given: Answer) =>
  async (_: unknown, { input }: { readonly input: { readonly requestId: string } }, context: Context) => {
    const { scope, services } = context;
    const { userId } = requireViewer(context);
    const { value, errors } = await services.friendRequest.answer(scope, userId, input.requestId, given);
    return { request: value, errors };
  };

async function personOf(userId: string, { scope }: Context) {
  const person = await scope.people.load(userId);
  if (!person) throw new NotFoundError('The person no longer exists.');
  return person;
}

/** Resolvers of friend requests. */
export const friendRequestResolvers = {
  Query: {
    friendRequests(_, { direction, ...args }, context) {
      const { scope, services } = context;
      const parts = { requests: services.repositories.requests, scope, viewerId: requireViewer(context).userId };
      return waitingRequests(parts, direction === 'OUTGOING' ? 'senderId' : 'receiverId', args);
    },
  },
  Mutation: {
    async sendFriendRequest(_, { input }, context) {
      const { scope, services } = context;
      const { value, errors } = await services.friendRequest.send(scope, requireViewer(context).userId, input);
      return { request: value, errors };
    },
    acceptFriendRequest: answer('Accepted'),
    declineFriendRequest: answer('Rejected'),
    cancelFriendRequest: answer('Cancelled'),
  },
  FriendRequest: {
    __resolveReference: ({ id }, { requests }) => requests.requestById.load(id),
    sender: ({ senderId }, _, context) => personOf(senderId, context),
    receiver: ({ receiverId }, _, context) => personOf(receiverId, context),
    status: ({ status }) => status.toUpperCase() as FriendRequestStatus,
  },
} satisfies Resolvers;
