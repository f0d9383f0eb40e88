import { z } from 'zod';
import { defineEvent } from './envelope.ts';
import { moment, userId } from './payload-fields.ts';

const aboutUser = z.object({ userId });

/** Events of auth. The aggregate is the user: `aggregateId` is the user's id. */
export const authEvents = {
  /** An account was registered. Profiles makes the first profile from it. */
  UserCreated: defineEvent(
    'auth',
    'User',
    z.object({ userId, username: z.string(), email: z.string(), firstName: z.string(), lastName: z.string() }),
  ),
  /** The user has another name to log in and be mentioned by. */
  UsernameChanged: defineEvent('auth', 'User', z.object({ userId, username: z.string() })),
  /** The address changed. It is not carried: who may see it resolves it through the graph. */
  EmailChanged: defineEvent('auth', 'User', aboutUser),
  /** The account's status changed by a moderator or by time; `until` ends a suspension. */
  UserStatusChanged: defineEvent(
    'auth',
    'User',
    z.object({
      userId,
      status: z.enum(['Active', 'Inactive', 'Suspended', 'Deleted']),
      until: moment.nullable().optional(),
    }),
  ),
  /** The owner deactivated the account: hidden everywhere, restorable for 30 days. */
  UserDeactivated: defineEvent('auth', 'User', aboutUser),
  /** A deactivated account is back. */
  UserRestored: defineEvent('auth', 'User', aboutUser),
  /** The account is erased. Every service erases its part and answers with `UserDataErased`. */
  UserPurged: defineEvent('auth', 'User', aboutUser),
  /** Sessions ended: the listed ones, or all of the user's. Live connections of them are closed. */
  SessionRevoked: defineEvent(
    'auth',
    'User',
    z.object({
      userId,
      sessionIds: z.union([z.literal('all'), z.array(z.string().min(1)).max(1000)]),
      reason: z.enum(['Logout', 'PasswordChanged', 'RoleChanged', 'StatusChanged', 'TokenReuse', 'Admin']),
    }),
  ),
};
