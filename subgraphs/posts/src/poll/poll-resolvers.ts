import { requireViewer } from '@postbook/service-kit';
import type { Resolvers } from '../generated/resolver-types.ts';
import { isPollOpen } from '../post/post-policy.ts';

const percentageOf = (votes: number, voters: number): number =>
  voters === 0 ? 0 : Math.round((votes / voters) * 1_000) / 10;

/** Polls and votes. */
export const pollResolvers = {
  Mutation: {
    async votePoll(_parent, { input }, context) {
      const { scope, services } = context;
      const viewerId = requireViewer(context).userId;
      const { value, errors } = await services.votes.vote(scope, viewerId, input.postId, input.optionIds);
      return { post: value, errors };
    },
  },
  Poll: {
    voterCount: ({ votersCount }) => votersCount,
    isOpen: (poll, _args, { services }) => isPollOpen(poll, services.now()),
    options: ({ options, postId, votersCount }) => options.map((option) => ({ ...option, postId, votersCount })),
  },
  PollOption: {
    voteCount: ({ votes }) => votes,
    percentage: ({ votes, votersCount }) => percentageOf(votes, votersCount),
    isViewerChoice: async ({ id, postId }, _args, { loaders }) => (await loaders.votes.load(postId)).includes(id),
  },
} satisfies Resolvers;
