import { type UserErrorValue, userError } from '@postbook/service-kit';

const USERNAME = /^[A-Za-z0-9_]+$/;
const MIN_LENGTH = 3;
const MAX_LENGTH = 50;

/** Names that would pass for ours, or for nothing. */
const RESERVED = new Set(
  'admin administrator moderator postbook root security staff support system official null undefined me'.split(' '),
);

/** What is wrong with a username by itself; null when it could be somebody's. */
export function usernameMistake(username: string): UserErrorValue | null {
  if (username.length < MIN_LENGTH) {
    return userError('TOO_SHORT', `A username has at least ${MIN_LENGTH} characters.`, 'username');
  }
  if (username.length > MAX_LENGTH) {
    return userError('TOO_LONG', `A username has at most ${MAX_LENGTH} characters.`, 'username');
  }
  if (!USERNAME.test(username)) {
    return userError('INVALID_FORMAT', 'A username has letters, digits and underscore only.', 'username');
  }
  if (RESERVED.has(username.toLowerCase())) return usernameTaken();
  return null;
}

/** The name is somebody's or is reserved: which of these is not said. */
export const usernameTaken = (): UserErrorValue =>
  userError('TAKEN', 'This username is not available. Choose another.', 'username');
