import { createEntityClient } from '@postbook/service-kit';
import { z } from 'zod';

/** An account as auth tells it. */
export interface Account {
  readonly userId: string;
  readonly username: string;
  readonly firstName: string;
  readonly lastName: string;
}

/** Accounts, straight from auth. */
export interface AccountDirectory {
  /** Those that exist. @throws UnavailableError when auth can't be asked. */
  find(userIds: readonly string[]): Promise<Account[]>;
}

const accountSchema = z.object({
  username: z.string(),
  registrationNames: z.object({ firstName: z.string(), lastName: z.string() }).nullable(),
});

/** The directory of accounts, read through auth's entities. @param options auth's endpoint and the internal secret. */
export function createAccountDirectory(options: { url: string; secret: string }): AccountDirectory {
  const auth = createEntityClient({
    ...options,
    owner: 'auth',
    service: 'profiles',
    typename: 'User',
    selection: 'username registrationNames { firstName lastName }',
    entity: accountSchema,
  });
  return {
    async find(userIds) {
      const accounts = await auth.fetch(userIds);
      return [...accounts].flatMap(([userId, account]) =>
        account
          ? {
              userId,
              username: account.username,
              firstName: account.registrationNames?.firstName ?? '',
              lastName: account.registrationNames?.lastName ?? '',
            }
          : [],
      );
    },
  };
}
