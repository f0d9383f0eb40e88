import { describe, expect, it } from 'vitest';
import type { UpdateProfileInput } from '../generated/resolver-types.ts';
import { checkProfileInput } from './profile-input.ts';

const NOW = new Date('2026-11-23T12:00:00Z');
const check = (input: UpdateProfileInput) => checkProfileInput(input, NOW);
const mistakes = (input: UpdateProfileInput) => check(input).errors.map(({ code, path }) => [code, ...path]);

describe('checkProfileInput', () => {
  it('takes what is given, trimmed and composed, and leaves out what is not', () => {
    expect(check({ displayName: '  Zoe\u0308 ', bio: 'one\r\ntwo' }).value).toEqual({
      displayName: 'Zoë',
      bio: 'one\ntwo',
    });
  });

  it('empties a field that is null or blank', () => {
    expect(
      check({ firstName: null, lastName: ' ', bio: null, website: '', location: null, dateOfBirth: null }).value,
    ).toEqual({ firstName: null, lastName: null, bio: null, website: null, location: null, dateOfBirth: null });
  });

  it('never lets anything else through', () => {
    const input = {
      bio: 'x',
      isVerified: true,
      statistics: { friendsCount: 9 },
      userId: 'other',
    } as UpdateProfileInput;
    expect(check(input).value).toEqual({ bio: 'x' });
  });

  it.each<[string, UpdateProfileInput, readonly string[]]>([
    ['an emptied display name', { displayName: null }, ['REQUIRED', 'input', 'displayName']],
    ['a blank display name', { displayName: '  ' }, ['REQUIRED', 'input', 'displayName']],
    ['a display name of 101 characters', { displayName: 'x'.repeat(101) }, ['TOO_LONG', 'input', 'displayName']],
    ['a line end in a name', { displayName: 'a\nb' }, ['INVALID_FORMAT', 'input', 'displayName']],
    ['an override of direction in a name', { firstName: 'a\u202Eb' }, ['INVALID_FORMAT', 'input', 'firstName']],
    ['a given name of 101 characters', { firstName: 'x'.repeat(101) }, ['TOO_LONG', 'input', 'firstName']],
    ['a family name of 101 characters', { lastName: 'x'.repeat(101) }, ['TOO_LONG', 'input', 'lastName']],
    ['a bio of 501 characters', { bio: 'x'.repeat(501) }, ['TOO_LONG', 'input', 'bio']],
    ['a NUL in the bio', { bio: 'a\u0000b' }, ['INVALID_FORMAT', 'input', 'bio']],
    ['a tagline of 101 characters', { tagline: 'x'.repeat(101) }, ['TOO_LONG', 'input', 'tagline']],
    ['a town of 101 characters', { location: { city: 'x'.repeat(101) } }, ['TOO_LONG', 'input', 'location', 'city']],
    ['a page without https', { website: 'http://a.example' }, ['INVALID_FORMAT', 'input', 'website']],
    ['a script as page', { website: 'javascript:alert(1)' }, ['INVALID_FORMAT', 'input', 'website']],
    ['a page with a password', { website: 'https://a:b@c.example' }, ['INVALID_FORMAT', 'input', 'website']],
    ['no page at all', { website: 'my page' }, ['INVALID_FORMAT', 'input', 'website']],
    ['a page of 501 characters', { website: `https://a.example/${'x'.repeat(483)}` }, ['TOO_LONG', 'input', 'website']],
    ['another form of day', { dateOfBirth: '10.12.1815' }, ['INVALID_FORMAT', 'input', 'dateOfBirth']],
    ['a day that is none', { dateOfBirth: '2001-02-29' }, ['INVALID_FORMAT', 'input', 'dateOfBirth']],
    ['a month that is none', { dateOfBirth: '2001-13-01' }, ['INVALID_FORMAT', 'input', 'dateOfBirth']],
    ['a day to come', { dateOfBirth: '2026-11-24' }, ['INVALID_FORMAT', 'input', 'dateOfBirth']],
    ['a day nobody alive was born on', { dateOfBirth: '1815-12-10' }, ['INVALID_FORMAT', 'input', 'dateOfBirth']],
  ])('refuses %s', (_what, input, mistake) => {
    expect(mistakes(input)).toEqual([mistake]);
  });

  it('takes the longest texts, counted in characters and not in code units', () => {
    const { errors } = check({ displayName: '🦊'.repeat(100), bio: '🦊'.repeat(500), tagline: '🦊'.repeat(100) });
    expect(errors).toEqual([]);
  });

  it('takes a leap day and yesterday', () => {
    expect(check({ dateOfBirth: '2000-02-29' }).value).toEqual({ dateOfBirth: new Date('2000-02-29T00:00:00Z') });
    expect(check({ dateOfBirth: '2026-11-22' }).errors).toEqual([]);
  });

  it('tells all mistakes at once', () => {
    expect(mistakes({ displayName: null, website: 'x', dateOfBirth: 'y' })).toHaveLength(3);
  });

  it('replaces a location as a whole', () => {
    expect(check({ location: { city: 'Vienna', state: ' ' } }).value).toEqual({
      location: { city: 'Vienna', state: null, country: null },
    });
  });
});
