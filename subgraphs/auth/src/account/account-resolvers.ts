import { viewerOf } from '@postbook/service-kit';
import type { Resolvers, Role } from '../generated/resolver-types.ts';
import { mayReadPrivateFields } from './account-policy.ts';
import type { Account } from './account-repository.ts';
import { displayEmailAddress } from './email-address.ts';

const ROLES = { User: 'USER', Moderator: 'MODERATOR', Admin: 'ADMIN' } as const satisfies Record<Account['role'], Role>;

/** Registration, verification, and the user as an entity. */
export const accountResolvers: Resolvers = {
  Query: {
    me: (_parent, _args, context) => {
      const viewer = viewerOf(context);
      return viewer ? context.loaders.accountById.load(viewer.userId) : null;
    },
    usernameAvailability: async (_parent, { username }, { services, identity }) => ({
      username,
      isAvailable: await services.accounts.isUsernameAvailable(username, identity.client),
    }),
  },
  Mutation: {
    register: (_parent, { input }, { services, identity }) => services.accounts.register(input, identity.client),
    verifyEmail: (_parent, { input }, { services, identity }) =>
      services.verifications.verifyEmail(input, identity.client),
    resendVerificationCode: (_parent, { input }, { services, identity }) =>
      services.verifications.resendCode(input, identity.client),
  },
  User: {
    __resolveReference: ({ id }, { loaders }) => loaders.accountById.load(id),
    email: (account, _args, context) =>
      mayReadPrivateFields(viewerOf(context), account) ? displayEmailAddress(account.email) : null,
    isEmailVerified: (account, _args, context) =>
      mayReadPrivateFields(viewerOf(context), account) ? account.isEmailVerified : null,
    role: ({ role }) => ROLES[role],
    registrationNames: ({ firstName, lastName }) => ({ firstName, lastName }),
  },
};
