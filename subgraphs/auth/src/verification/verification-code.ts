import { createHmac, randomInt } from 'node:crypto';
import type { CodeType } from '@postbook/db/auth';

/** Digits of a code. */
export const CODE_DIGITS = 6;
/** How long a code is good, in minutes. The database's routines set the same. */
export const CODE_LIFETIME_MINUTES = 15;

const CODE_FORM = /^\d{6}$/;

/** Whether the text could be a code at all. */
export const isVerificationCode = (text: string): boolean => CODE_FORM.test(text);

/** Makes codes and what is stored of them. */
export interface VerificationCodes {
  /** Six random digits, leading zeros kept. */
  create(): string;
  /** When a code made now ends. */
  expiry(): Date;
  /** HMAC with a pepper that is not in the database, over user and purpose too: equal codes have different hashes. */
  hash(userId: string, type: CodeType, code: string): string;
}

/** Codes peppered with the key. */
export function createVerificationCodes(pepper: Uint8Array, now: () => number = Date.now): VerificationCodes {
  return {
    create: () => String(randomInt(10 ** CODE_DIGITS)).padStart(CODE_DIGITS, '0'),
    expiry: () => new Date(now() + CODE_LIFETIME_MINUTES * 60_000),
    hash: (userId, type, code) =>
      createHmac('sha256', pepper)
        .update(JSON.stringify([userId, type, code]))
        .digest('hex'),
  };
}
