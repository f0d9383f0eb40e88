import DataLoader from 'dataloader';
import { z } from 'zod';
import type { Account, AccountRepository } from './account-repository.ts';

/** Accounts of one request, read in batches. */
export interface AccountLoaders {
  /** By id; null for one that doesn't exist, is deleted, or is no id at all. */
  readonly accountById: DataLoader<string, Account | null>;
}

/** Most ids of one query. */
const MAX_BATCH = 500;
const isUuid = (id: string) => z.uuid().safeParse(id).success;

/** Makes the loaders of one request. */
export function createAccountLoaders(accounts: AccountRepository): AccountLoaders {
  return {
    accountById: new DataLoader(
      async (ids) => {
        // A text that is no UUID would fail the whole batch, and with it everybody else's entities.
        const rows = await accounts.findByIds(ids.filter(isUuid));
        const byId = new Map(rows.map((account) => [account.id, account]));
        return ids.map((id) => byId.get(id.toLowerCase()) ?? null);
      },
      { maxBatchSize: MAX_BATCH },
    ),
  };
}
