import { createHash, createHmac, randomBytes } from 'node:crypto';

/** Bytes of a refresh token. */
const TOKEN_BYTES = 32;
const TOKEN_FORM = /^[A-Za-z0-9_-]{43}$/;

/** A new refresh token: 256 random bits, opaque. */
export const createRefreshToken = (): string => randomBytes(TOKEN_BYTES).toString('base64url');

/** Whether the text could be a refresh token at all. */
export const isRefreshToken = (text: string): boolean => TOKEN_FORM.test(text);

/** What is stored of a token. No salt and no slow hash: nobody guesses 256 random bits. */
export const refreshTokenHash = (token: string): string => createHash('sha256').update(token).digest('hex');

/**
 * The token that follows. Derived and not drawn, so that a client whose answer was lost gets the same one again although
 * only hashes are stored. Without the key nobody gets from one to the next.
 */
export const successorOf = (token: string, key: Uint8Array): string =>
  createHmac('sha256', key).update(token).digest('base64url');
