import { migrateAuthDatabase } from '@postbook/db/auth';
import { migrateChatsDatabase } from '@postbook/db/chats';
import { migrateProfilesDatabase } from '@postbook/db/profiles';
import type { StoreAddresses } from './services.ts';

/** Brings every database to the shape that this version of the code needs. Idempotent; safe beside running services. */
export async function migrateAll(stores: StoreAddresses): Promise<void> {
  await Promise.all([
    migrateAuthDatabase({ url: stores.postgres }),
    migrateProfilesDatabase({ url: stores.mongodb }),
    migrateChatsDatabase({ url: stores.mongodb }),
  ]);
}
