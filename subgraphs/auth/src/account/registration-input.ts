import { type UserErrorValue, userError } from '@postbook/service-kit';
import type { RegisterInput } from '../generated/resolver-types.ts';
import { passwordMistake } from '../password/password-policy.ts';
import { parseEmailAddress } from './email-address.ts';
import { usernameMistake } from './username-policy.ts';

/** A registration in which every field by itself is right. */
export interface CheckedRegistration {
  readonly username: string;
  /** As stored. */
  readonly email: string;
  readonly password: string;
  readonly firstName: string;
  readonly lastName: string;
}

/** All mistakes at once, or the checked input. */
export type RegistrationCheck =
  | { readonly value: CheckedRegistration; readonly errors?: undefined }
  | { readonly errors: readonly UserErrorValue[] };

const MAX_NAME_LENGTH = 100;
/** Control, formatting and line separators: they hide text, turn it around, or begin a new header. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
/** Joiners that Persian and Indic names are written with. */
const JOINERS = /[\u200C\u200D]/g;

function nameMistake(name: string, field: string): UserErrorValue | null {
  if (name === '') return userError('REQUIRED', 'Enter a name.', field);
  if ([...name].length > MAX_NAME_LENGTH) {
    return userError('TOO_LONG', `A name has at most ${MAX_NAME_LENGTH} characters.`, field);
  }
  if (INVISIBLE.test(name.replace(JOINERS, ''))) {
    return userError('INVALID_FORMAT', 'A name can not hold invisible characters.', field);
  }
  return null;
}

/** Checks every field and reports all mistakes, each with its path. */
export function checkRegistration(input: RegisterInput): RegistrationCheck {
  const email = parseEmailAddress(input.email);
  const firstName = input.firstName.trim().normalize('NFC');
  const lastName = input.lastName.trim().normalize('NFC');
  const mistakes = [
    usernameMistake(input.username),
    email === undefined ? userError('INVALID_FORMAT', 'This is not an e-mail address.', 'email') : null,
    passwordMistake(input.password, { username: input.username, email: email ?? '', firstName, lastName }),
    nameMistake(firstName, 'firstName'),
    nameMistake(lastName, 'lastName'),
  ].filter((mistake) => mistake !== null);
  if (mistakes.length > 0 || email === undefined) return { errors: mistakes };
  return { value: { username: input.username, email, password: input.password, firstName, lastName } };
}
