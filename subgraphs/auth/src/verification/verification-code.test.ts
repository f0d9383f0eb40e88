import { describe, expect, it } from 'vitest';
import { createVerificationCodes, isVerificationCode } from './verification-code.ts';

describe('a verification code', () => {
  const codes = createVerificationCodes(Buffer.alloc(32, 1));

  it('has six digits, also when the number is small', () => {
    const made = Array.from({ length: 20_000 }, () => codes.create());
    expect(made.every(isVerificationCode)).toBe(true);
    expect(made.some((code) => code.startsWith('0'))).toBe(true);
  });

  it('is hashed differently for another user, purpose or pepper', () => {
    const hashes = [
      codes.hash('a', 'Email', '123456'),
      codes.hash('b', 'Email', '123456'),
      codes.hash('a', 'Phone', '123456'),
      createVerificationCodes(Buffer.alloc(32, 2)).hash('a', 'Email', '123456'),
    ];
    expect(new Set(hashes).size).toBe(4);
    expect(codes.hash('a', 'Email', '123456')).toBe(hashes[0]);
  });
});
