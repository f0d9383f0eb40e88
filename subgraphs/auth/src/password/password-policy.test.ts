import { describe, expect, it } from 'vitest';
import { passwordMistake } from './password-policy.ts';

const own = { username: 'ada_l', email: 'countess@example.org', firstName: 'Augusta', lastName: 'King' };

describe('password policy', () => {
  it.each([
    ['nine chars', 'aB3$efghi', 'TOO_SHORT'],
    ['characters that count double in UTF-16', '😀😁😂🤣😃', 'TOO_SHORT'],
    ['endless', 'x1Y2'.repeat(80), 'TOO_LONG'],
    ['a common one', 'qwertyuiop', 'TOO_WEAK'],
    ['a common one in capitals', 'QWERTYUIOP', 'TOO_WEAK'],
    ['a common one with something behind it', 'qwertyuiop1!', 'TOO_WEAK'],
    ['digits in order', '1234567890', 'TOO_WEAK'],
    ['a pattern', 'abababababab', 'TOO_WEAK'],
    ['the username', 'so-ADA_L-it-is', 'TOO_WEAK'],
    ['the name before the @', 'countess-of-x9', 'TOO_WEAK'],
    ['the first name', 'myaugusta-4711', 'TOO_WEAK'],
    ['the last name in full-width letters', 'ＫＩＮＧ-of-things', 'TOO_WEAK'],
  ])('refuses %s', (_what, password, code) => {
    expect(passwordMistake(password, own)).toMatchObject({ code, path: ['input', 'password'] });
  });

  it.each([['correct horse battery'], ['zu7-Lerche-Moos'], ['пароль-из-слов-9'], [`${'x'.repeat(200)}abcd1`]])(
    'takes %s',
    (password) => {
      expect(passwordMistake(password, own)).toBeNull();
    },
  );

  it('does not forbid words that merely hold a very short name', () => {
    expect(passwordMistake('the-longest-lily', { ...own, firstName: 'Li', lastName: 'Wu' })).toBeNull();
  });
});
