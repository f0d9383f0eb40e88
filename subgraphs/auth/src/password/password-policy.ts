import { type UserErrorValue, userError } from '@postbook/service-kit';
import { isCommonPassword } from './common-passwords.ts';

/** Shortest password taken, in characters as people count them. */
export const MIN_PASSWORD_LENGTH = 10;
/** Longest password taken. A bound, so that hashing has one. */
export const MAX_PASSWORD_LENGTH = 256;
/** Longest text taken for one, before its characters are composed, in UTF-16 units. */
export const MAX_TYPED_LENGTH = 1_024;
/** Fewer different characters than this is a pattern. */
const MIN_DIFFERENT_CHARACTERS = 5;
/** Shorter names than this are in too many words to be forbidden. */
const MIN_NAME_LENGTH = 4;

/** What a guesser tries first. */
export interface OwnNames {
  readonly username: string;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
}

function namesToAvoid({ username, email, firstName, lastName }: OwnNames): string[] {
  return [username, email, email.split('@', 1)[0] ?? '', firstName, lastName]
    .map((name) => name.normalize('NFKC').toLowerCase().trim())
    .filter((name) => name.length >= MIN_NAME_LENGTH);
}

/** What is wrong with a password that somebody wants to have; null when nothing is. */
export function passwordMistake(password: string, own: OwnNames, field = 'password'): UserErrorValue | null {
  const canonical = password.slice(0, MAX_TYPED_LENGTH + 1).normalize('NFKC');
  const characters = [...canonical];
  if (characters.length < MIN_PASSWORD_LENGTH) {
    return userError('TOO_SHORT', `Use at least ${MIN_PASSWORD_LENGTH} characters.`, field);
  }
  if (password.length > MAX_TYPED_LENGTH || characters.length > MAX_PASSWORD_LENGTH) {
    return userError('TOO_LONG', `Use at most ${MAX_PASSWORD_LENGTH} characters.`, field);
  }
  const lower = canonical.toLowerCase();
  if (namesToAvoid(own).some((name) => lower.includes(name))) {
    return userError('TOO_WEAK', 'Leave your names and address out of it: they are tried first.', field);
  }
  if (isCommonPassword(canonical) || new Set(lower).size < MIN_DIFFERENT_CHARACTERS) {
    return userError('TOO_WEAK', 'Many people use this one or a pattern like it. Choose another.', field);
  }
  return null;
}
