import { type Outcome, requireViewer } from '@postbook/service-kit';
import type { Context } from '../context.ts';
import type { ReactionKind, Resolvers } from '../generated/resolver-types.ts';
import { REACTION_WORDS, REACTIONS, reactionCountsOf, TARGETS } from '../post/post-words.ts';
import type { ReactionTarget } from './reaction.ts';
import type { ReactedTo } from './reaction-service.ts';

const toPayload = ({ value, errors }: Outcome<ReactedTo>) => ({
  post: value?.post ?? null,
  comment: value?.comment ?? null,
  errors,
});

async function viewerReaction(target: ReactionTarget, { loaders }: Context): Promise<ReactionKind | null> {
  const kind = await loaders.reactions.load(target);
  return kind && REACTION_WORDS[kind];
}

type ReactionsArguments = { kind?: ReactionKind | null } & Parameters<Context['services']['reactionReader']['list']>[3];

const reactions = (target: ReactionTarget, { kind, ...args }: ReactionsArguments, { scope, services }: Context) =>
  services.reactionReader.list(scope, target, kind ? REACTIONS[kind] : undefined, args);

/** Reactions to posts and comments. */
export const reactionResolvers = {
  Mutation: {
    async react(_parent, { input }, context) {
      const target = { type: TARGETS[input.entityType], id: input.entityId };
      const actorId = requireViewer(context).userId;
      return toPayload(await context.services.reactions.react(context.scope, actorId, target, REACTIONS[input.kind]));
    },
    async removeReaction(_parent, { input }, context) {
      const target = { type: TARGETS[input.entityType], id: input.entityId };
      return toPayload(await context.services.reactions.remove(context.scope, requireViewer(context).userId, target));
    },
  },
  Post: {
    reactionCounts: ({ post }) => reactionCountsOf(post),
    viewerReaction: ({ post }, _args, context) => viewerReaction({ type: 'Post', id: post.id }, context),
    reactions: ({ post }, args, context) => reactions({ type: 'Post', id: post.id }, args, context),
  },
  Comment: {
    reactionCounts: ({ comment }) => reactionCountsOf(comment),
    viewerReaction: ({ comment }, _args, context) => viewerReaction({ type: 'Comment', id: comment.id }, context),
    reactions: ({ comment }, args, context) => reactions({ type: 'Comment', id: comment.id }, args, context),
  },
  Reaction: {
    user: ({ userId }) => ({ id: userId }),
    kind: ({ kind }) => REACTION_WORDS[kind],
    reactedAt: ({ createdAt }) => createdAt,
  },
} satisfies Resolvers;
