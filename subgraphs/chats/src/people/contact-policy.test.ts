import { describe, expect, it } from 'vitest';
import { isHidden, isReachable, mayContact } from './contact-policy.ts';

describe('who may write to whom', () => {
  it.each([
    ['Everyone', false, false, true],
    ['Everyone', true, false, true],
    ['Friends', false, false, false],
    ['Friends', true, false, true],
    ['None', false, false, false],
    ['None', true, false, false],
    ['Everyone', false, true, false],
    ['Everyone', true, true, false],
    ['Friends', true, true, false],
    ['None', true, true, false],
  ] as const)('messages from %s, friends: %s, blocked: %s → %s', (allowMessages, isFriend, isBlocked, expected) => {
    expect(mayContact({ allowMessages, isFriend, isBlocked })).toBe(expected);
  });

  it.each([
    ['Active', false, true],
    [undefined, false, true],
    ['Suspended', false, false],
    ['Inactive', true, false],
    ['Deleted', true, false],
  ] as const)('an account that is %s is hidden: %s, takes messages: %s', (status, hidden, reachable) => {
    expect([isHidden(status), isReachable(status)]).toEqual([hidden, reachable]);
  });
});
