import { describe, expect, it } from 'vitest';
import { decideLogin } from './session-policy.ts';

const now = new Date('2026-01-01T12:00:00Z');
const before = new Date(now.getTime() - 1);
const after = new Date(now.getTime() + 1);
const good = {
  userId: 'u',
  passwordHash: '$argon2id$',
  role: 'User',
  isEmailVerified: true,
  isActive: true,
  lockedUntil: null,
} as const;

describe('a login', () => {
  it.each([
    ['a good account, right password', good, true, 'Accept', undefined],
    ['a good account, wrong password', good, false, 'Failed', 'WrongPassword'],
    ['no account', undefined, false, 'Failed', 'UnknownAccount'],
    ['a locked account, right password', { ...good, lockedUntil: after }, true, 'Locked', 'AccountLocked'],
    ['a locked account, wrong password', { ...good, lockedUntil: after }, false, 'Locked', 'AccountLocked'],
    ['an account whose lock has ended', { ...good, lockedUntil: before }, true, 'Accept', undefined],
    ['an account that is not active', { ...good, isActive: false }, true, 'Failed', 'AccountNotActive'],
    [
      'an unverified account, right password',
      { ...good, isEmailVerified: false },
      true,
      'Unverified',
      'EmailNotVerified',
    ],
    ['an unverified account, wrong password', { ...good, isEmailVerified: false }, false, 'Failed', 'WrongPassword'],
  ] as const)('with %s', (_what, candidate, isRight, status, reason) => {
    const decision = decideLogin(candidate, isRight, now);
    expect(decision).toMatchObject(status === 'Accept' ? { outcome: 'Accept' } : { status, reason });
  });

  it('brings the lock closer only by a wrong password for an account that is not locked', () => {
    expect(decideLogin(good, false, now)).toMatchObject({ counts: true });
    expect(decideLogin({ ...good, lockedUntil: after }, false, now)).toMatchObject({ counts: false });
    expect(decideLogin(undefined, false, now)).toMatchObject({ counts: false });
  });
});
