import { requireViewer } from '@postbook/service-kit';
import type { Resolvers } from '../generated/resolver-types.ts';
import { privacyToGraph } from './privacy-words.ts';
import { relationOf } from './profile-loaders.ts';
import { visibleProfile } from './visible-profile.ts';

/** Resolvers of people and their pages. */
export const profileResolvers = {
  Query: {
    userByUsername: (_, { username }, { scope, services }) => services.profile.byUsername(scope, username),
  },
  Mutation: {
    async updateProfile(_, { input }, context) {
      const { scope, services } = context;
      const { value, errors } = await services.profile.update(scope, requireViewer(context).userId, input);
      return { user: value, errors };
    },
    async updatePrivacySettings(_, { input }, context) {
      const { scope, services } = context;
      const { value, errors } = await services.profile.updatePrivacy(scope, requireViewer(context).userId, input);
      return { privacy: value && privacyToGraph(value), errors };
    },
  },
  User: {
    // Whoever asks: other services refer to people in what a viewer may see, such as a shared conversation, and show
    // at least who wrote. What lets somebody find a person (username, search, lists) asks the policy first.
    __resolveReference: ({ id }, { scope }) => scope.people.load(id),
    id: ({ userId }) => userId,
    avatar: ({ avatarMediaId }) => (avatarMediaId ? { id: avatarMediaId } : null),
    async profile(person, _, { scope }) {
      return visibleProfile(person, await relationOf(scope, person.userId));
    },
  },
  Profile: {
    privacy: ({ privacy }) => privacy && privacyToGraph(privacy),
    cover: ({ coverMediaId }) => (coverMediaId ? { id: coverMediaId } : null),
  },
} satisfies Resolvers;
