import { STRANGERS } from '@postbook/people';
import { describe, expect, it } from 'vitest';
import { mayContact } from './contact-policy.ts';

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
    const settings = { ...STRANGERS.settings, allowMessages };
    expect(mayContact({ ...STRANGERS, isFriend, isBlocked, settings })).toBe(expected);
  });
});
