import type { EntityClient } from './entity-client.ts';

/** An account as auth tells it. */
export interface Account {
  readonly userId: string;
  readonly username: string;
  readonly firstName: string;
  readonly lastName: string;
}

/** Accounts, straight from auth. */
export interface AccountDirectory {
  /** Those that exist. @throws EntityClientError when auth can't be asked. */
  find(userIds: readonly string[]): Promise<Account[]>;
}

interface UserEntity {
  readonly id: string;
  readonly username: string;
  readonly registrationNames: { readonly firstName: string; readonly lastName: string } | null;
}

/** The directory of accounts, read through auth's entities. */
export function createAccountDirectory(auth: EntityClient): AccountDirectory {
  return {
    async find(userIds) {
      const keys = userIds.map((id) => ({ id }));
      const selection = 'id username registrationNames{firstName lastName}';
      const users = await auth.fetch<UserEntity>('User', keys, selection);
      return users.flatMap((user) =>
        user
          ? [
              {
                userId: user.id,
                username: user.username,
                firstName: user.registrationNames?.firstName ?? '',
                lastName: user.registrationNames?.lastName ?? '',
              },
            ]
          : [],
      );
    },
  };
}
