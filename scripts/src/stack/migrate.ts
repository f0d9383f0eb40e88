import { domainDatabases } from '@postbook/db';
import type { StoreAddresses } from './services.ts';

/** Brings every database to the shape that this version of the code needs. Idempotent; safe beside running services. */
export async function migrateAll(stores: StoreAddresses): Promise<void> {
  await Promise.all(domainDatabases.map((database) => database.migrate(stores)));
}
