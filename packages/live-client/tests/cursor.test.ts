import { expect, test } from 'vitest';
import { isSubscription, readCursor } from '../src/cursor.ts';

test.each([
  ['subscription { a }', true],
  ['# a comment\n  subscription Live($a: ID) { a }', true],
  ['fragment F on T { id }\nsubscription { ...F }', true],
  ['query { subscription }', false],
  ['{ a(subscription: "subscription") }', false],
  ['# subscription\n{ a }', false],
  ['mutation Subscription { subscription { id } }', false],
])('%j is a subscription: %s', (query, expected) => {
  expect(isSubscription(query)).toBe(expected);
});

test.each<[string, unknown, string | undefined]>([
  ['an event', { events: { cursor: 'c' } }, 'c'],
  ['an event among other fields', { a: 1, b: null, events: { cursor: 'c' } }, 'c'],
  ['an event without one', { events: { id: 1 } }, undefined],
  ['a cursor that is no text', { events: { cursor: 1 } }, undefined],
  ['no data', null, undefined],
])('the cursor of %s', (_, data, expected) => {
  expect(readCursor(data)).toBe(expected);
});

test('a path that leads nowhere is no cursor', () => {
  expect(readCursor({ a: { b: null } }, { from: 'a.b.c' })).toBeUndefined();
});
