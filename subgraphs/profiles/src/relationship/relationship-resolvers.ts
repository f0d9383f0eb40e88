import { requireViewer } from '@postbook/service-kit';
import type { Context } from '../context.ts';
import type { Resolvers } from '../generated/resolver-types.ts';
import { forget } from '../profile/profile-loaders.ts';
import type { RelationFacts } from './relation-facts.ts';
import type { RelationshipService } from './relationship-service.ts';

/** What is between the viewer and a person. That the person blocked the viewer is left out: it must not be told. */
export interface RelationshipWith extends Omit<RelationFacts, 'isBlockedBy'> {
  readonly userId: string;
}

const change =
  (name: keyof RelationshipService) =>
  async (_: unknown, { input }: { readonly input: { readonly userId: string } }, context: Context) => {
    const { scope, services } = context;
    const { userId: viewerId } = requireViewer(context);
    const { value, errors } = await services.relationship[name](scope, viewerId, input.userId);
    // The counts of the answer are those after the change.
    if (value) forget(scope, value.userId);
    return { user: value && (await scope.people.load(value.userId)), errors };
  };

/** Resolvers of friendship, follows and blocks. */
export const relationshipResolvers = {
  Query: {
    blockedUsers(_, args, context) {
      const { scope, services } = context;
      return services.peopleLists.blocked(scope, requireViewer(context).userId, args);
    },
  },
  Mutation: {
    follow: change('follow'),
    unfollow: change('unfollow'),
    removeFriend: change('removeFriend'),
    block: change('block'),
    unblock: change('unblock'),
  },
  User: {
    async relationship({ userId }, _, { scope }) {
      if (scope.viewerId === undefined || scope.viewerId === userId) return null;
      const { isBlocked, isFollowedBy, isFollowing, isFriend } = await scope.facts.load(userId);
      return { userId, isBlocked, isFollowedBy, isFollowing, isFriend };
    },
    friends: (person, args, { scope, services }) => services.peopleLists.friends(scope, person, args),
    followers: (person, args, { scope, services }) => services.peopleLists.followers(scope, person, args),
    following: (person, args, { scope, services }) => services.peopleLists.following(scope, person, args),
  },
  Relationship: {
    pendingRequest: ({ userId }, _, { requests }) => requests.waitingWith.load(userId),
  },
} satisfies Resolvers;
