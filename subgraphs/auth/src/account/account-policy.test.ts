import { expect, it } from 'vitest';
import { mayReadPrivateFields } from './account-policy.ts';

const viewer = (userId: string, role: 'User' | 'Moderator' | 'Admin' = 'User') => ({
  userId,
  sessionId: 's',
  role,
  scopes: [],
});

it.each([
  ['the owner', viewer('a'), true],
  ['somebody else', viewer('b'), false],
  ['a moderator', viewer('b', 'Moderator'), false],
  ['an administrator', viewer('b', 'Admin'), false],
  ['the anonymous', undefined, false],
] as const)('%s may read address and verification: %s', (_who, who, may) => {
  expect(mayReadPrivateFields(who, { id: 'a' })).toBe(may);
});
