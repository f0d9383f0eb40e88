import { expect, test } from 'vitest';
import { createRevocationList, REVOCATION_KEPT_MS } from './revocation-list.ts';

const claims = { userId: 'ada', sessionId: 's1', issuedAt: 1_000 };

test('nothing is revoked at first', () => {
  expect(createRevocationList().isRevoked(claims)).toBe(false);
});

test('a session is revoked by its id, whatever its age', () => {
  const list = createRevocationList();
  list.add({ kind: 'session', sessionId: 's1' });
  expect(list.isRevoked(claims)).toBe(true);
  expect(list.isRevoked({ ...claims, sessionId: 's2' })).toBe(false);
});

test.each([
  ['before the moment', 999, true],
  ['at the moment', 1_000, false],
  ['after the moment', 1_001, false],
])('a token issued %s of a revocation by person: revoked is %s', (_, issuedAt, isRevoked) => {
  const list = createRevocationList();
  list.add({ kind: 'user', userId: 'ada', notBefore: 1_000 });
  expect(list.isRevoked({ ...claims, issuedAt })).toBe(isRevoked);
  expect(list.isRevoked({ ...claims, issuedAt: 0, userId: 'bob' })).toBe(false);
});

test('an older moment does not take back a newer one', () => {
  const list = createRevocationList();
  list.add({ kind: 'user', userId: 'ada', notBefore: 2_000 });
  expect(list.add({ kind: 'user', userId: 'ada', notBefore: 500 })).toBe(false);
  expect(list.isRevoked(claims)).toBe(true);
});

test('a repeated revocation is no news', () => {
  const list = createRevocationList();
  expect(list.add({ kind: 'session', sessionId: 's1' })).toBe(true);
  expect(list.add({ kind: 'session', sessionId: 's1' })).toBe(false);
});

test('revocations are forgotten once no token can be left that they concern', () => {
  let now = 0;
  const list = createRevocationList({ now: () => now });
  list.add({ kind: 'session', sessionId: 's1' });
  list.add({ kind: 'user', userId: 'ada', notBefore: 1 });
  now = REVOCATION_KEPT_MS - 1;
  list.add({ kind: 'session', sessionId: 's2' });
  expect(list.size).toBe(3);
  now = REVOCATION_KEPT_MS;
  list.add({ kind: 'session', sessionId: 's3' });
  expect(list.size).toBe(2);
});
