import {
  done,
  isPrintable,
  lengthOf,
  type Outcome,
  refused,
  tidyText,
  type UserErrorValue,
  userError,
} from '@postbook/service-kit';
import type { ProfileLocationInput, UpdateProfileInput } from '../generated/resolver-types.ts';
import { MAX_DISPLAY_NAME, type Place } from './person.ts';
import type { ProfileChanges } from './profile-repository.ts';

const MAX_NAME = 100;
const MAX_BIO = 500;
const MAX_TAGLINE = 100;
const MAX_WEBSITE = 500;
const EARLIEST_BIRTH = new Date('1900-01-01T00:00:00Z');

class Checker {
  readonly errors: UserErrorValue[] = [];

  refuse(...error: Parameters<typeof userError>): undefined {
    this.errors.push(userError(...error));
    return undefined;
  }

  /** Absent stays absent; null and blank become null; anything else is trimmed and checked. */
  text(value: string | null | undefined, max: number, path: readonly string[], mayHaveLines = false) {
    if (value === undefined) return undefined;
    const text = tidyText(value);
    if (text === '') return null;
    if (lengthOf(text) > max) return this.refuse('TOO_LONG', `Use at most ${max} characters.`, ...path);
    if (!isPrintable(text, mayHaveLines))
      return this.refuse('INVALID_FORMAT', 'Leave out control characters.', ...path);
    return text;
  }

  displayName(value: string | null | undefined) {
    const name = this.text(value, MAX_DISPLAY_NAME, ['displayName']);
    return name === null ? this.refuse('REQUIRED', 'A name is needed.', 'displayName') : name;
  }

  website(value: string | null | undefined) {
    const text = this.text(value, MAX_WEBSITE, ['website']);
    if (!text) return text;
    const url = URL.parse(text);
    const isGood = url?.protocol === 'https:' && url.username === '' && url.password === '' && !/\s/.test(text);
    if (!isGood) return this.refuse('INVALID_FORMAT', 'Give an address that begins with https://.', 'website');
    return url.href.length > MAX_WEBSITE
      ? this.refuse('TOO_LONG', `Use at most ${MAX_WEBSITE} characters.`, 'website')
      : url.href;
  }

  dateOfBirth(value: string | null | undefined, now: Date) {
    if (value === undefined || value === null) return value;
    const day = /^\d{4}-\d{2}-\d{2}$/.test(value) ? new Date(`${value}T00:00:00Z`) : undefined;
    // A day like 30 February is moved to March by the parser.
    if (!day || Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== value) {
      return this.refuse('INVALID_FORMAT', 'Give a day as YYYY-MM-DD.', 'dateOfBirth');
    }
    if (day >= now) return this.refuse('INVALID_FORMAT', 'Give a day in the past.', 'dateOfBirth');
    if (day < EARLIEST_BIRTH) return this.refuse('INVALID_FORMAT', 'Give a day after 1899.', 'dateOfBirth');
    return day;
  }

  location(value: ProfileLocationInput | null | undefined): Place | null | undefined {
    if (value === undefined || value === null) return value;
    const part = (name: 'city' | 'state' | 'country') => this.text(value[name], MAX_NAME, ['location', name]) ?? null;
    const place = { city: part('city'), state: part('state'), country: part('country') };
    return Object.values(place).every((text) => text === null) ? null : place;
  }
}

const given = (changes: Record<string, unknown>): ProfileChanges =>
  Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));

/**
 * Checks a change of a profile and picks what may be set: nothing but the fields named here ever reaches the store. All
 * mistakes are told at once. A location is replaced as a whole.
 */
export function checkProfileInput(input: UpdateProfileInput, now: Date = new Date()): Outcome<ProfileChanges> {
  const checker = new Checker();
  const changes = given({
    displayName: checker.displayName(input.displayName),
    firstName: checker.text(input.firstName, MAX_NAME, ['firstName']),
    lastName: checker.text(input.lastName, MAX_NAME, ['lastName']),
    bio: checker.text(input.bio, MAX_BIO, ['bio'], true),
    tagline: checker.text(input.tagline, MAX_TAGLINE, ['tagline']),
    dateOfBirth: checker.dateOfBirth(input.dateOfBirth, now),
    location: checker.location(input.location),
    website: checker.website(input.website),
  });
  return checker.errors.length > 0 ? refused(...checker.errors) : done(changes);
}
