import { expect, test } from 'vitest';
import { createRecentInvalidations } from './recent-invalidations.ts';

test('what was asked for before an invalidation is no longer good, what is asked for afterwards is', () => {
  const recent = createRecentInvalidations();
  const before = recent.now();
  expect(recent.isGoodSince('User:1', before)).toBe(true);
  recent.add('User:1');
  expect(recent.isGoodSince('User:1', before)).toBe(false);
  expect(recent.isGoodSince('User:1', recent.now())).toBe(true);
  expect(recent.isGoodSince('User:2', before)).toBe(true);
});

test('what it had to forget counts as invalidated', () => {
  const recent = createRecentInvalidations(2);
  const before = recent.now();
  recent.add('User:1');
  recent.add('User:1');
  recent.add('User:2');
  expect(recent.isGoodSince('User:9', before)).toBe(true);
  recent.add('User:3');
  expect(recent.isGoodSince('User:1', before)).toBe(false);
  expect(recent.isGoodSince('User:9', before)).toBe(false);
  expect(recent.isGoodSince('User:1', recent.now())).toBe(true);
});
