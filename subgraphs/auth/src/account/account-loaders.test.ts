import { expect, it, vi } from 'vitest';
import { createAccountLoaders } from './account-loaders.ts';
import type { Account, AccountRepository } from './account-repository.ts';

const A = '018f0000-0000-7000-8000-00000000000a';
const B = '018f0000-0000-7000-8000-00000000000b';

it('reads all accounts of a request in one query, each once, and leaves out what is no id', async () => {
  const findByIds = vi.fn(async (ids: readonly string[]) =>
    ids.filter((id) => id === A).map((id) => ({ id }) as Account),
  );
  const { accountById } = createAccountLoaders({ findByIds } as unknown as AccountRepository);
  const found = await Promise.all([A, 'no id', B, A, A.toUpperCase()].map((id) => accountById.load(id)));
  expect(findByIds).toHaveBeenCalledTimes(1);
  expect(findByIds.mock.calls[0]?.[0]).not.toContain('no id');
  expect(found.map((account) => account?.id ?? null).slice(0, 4)).toEqual([A, null, null, A]);
});
