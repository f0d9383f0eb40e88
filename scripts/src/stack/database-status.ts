import { authDatabaseStatus } from '@postbook/db/auth';
import { chatsDatabaseStatus } from '@postbook/db/chats';
import { profilesDatabaseStatus } from '@postbook/db/profiles';
import type { StoreAddresses } from './services.ts';

/** Whether a database has the shape that the code needs. */
export interface DatabaseStatus {
  readonly name: string;
  readonly isUpToDate: boolean;
  /** What differs, for people. */
  readonly differences: readonly string[];
}

/** Compares every database with what this version of the code needs. */
export async function databaseStatus(stores: StoreAddresses): Promise<DatabaseStatus[]> {
  return Promise.all([
    authDatabaseStatus({ url: stores.postgres }),
    profilesDatabaseStatus({ url: stores.mongodb }),
    chatsDatabaseStatus({ url: stores.mongodb }),
  ]);
}
