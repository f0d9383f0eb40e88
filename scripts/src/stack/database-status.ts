import { domainDatabases } from '@postbook/db';
import type { StoreAddresses } from './services.ts';

/** Whether a database has the shape that the code needs. */
export interface DatabaseStatus {
  readonly name: string;
  /** What differs, for people; empty when it is up to date. */
  readonly differences: readonly string[];
}

/** Compares every database with what this version of the code needs. */
export function databaseStatus(stores: StoreAddresses): Promise<DatabaseStatus[]> {
  return Promise.all(
    domainDatabases.map(async ({ name, differences }) => ({ name, differences: await differences(stores) })),
  );
}
