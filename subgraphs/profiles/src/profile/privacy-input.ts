import type { PrivacySettings } from '@postbook/db/profiles';
import { done, type Outcome, refused, userError } from '@postbook/service-kit';
import type { UpdatePrivacySettingsInput } from '../generated/resolver-types.ts';
import { audienceFromGraph, visibilityFromGraph } from './privacy-words.ts';

const SWITCHES = [
  'showEmail',
  'showPhoneNumber',
  'showDateOfBirth',
  'showLocation',
  'showOnlineStatus',
  'showLastSeen',
  'allowFriendRequests',
  'showEducation',
  'showExperience',
  'showConnections',
] as const;
const AUDIENCE_SETTINGS = ['allowMessages', 'allowTagging', 'allowMentions'] as const;

/** Checks a change of privacy settings and picks what may be set. Null is refused: a setting can't be empty. */
export function checkPrivacyInput(input: UpdatePrivacySettingsInput): Outcome<Partial<PrivacySettings>> {
  const changes: Partial<PrivacySettings> = {};
  const empty = [...SWITCHES, ...AUDIENCE_SETTINGS, 'profileVisibility' as const].filter(
    (name) => input[name] === null,
  );
  if (empty.length > 0)
    return refused(...empty.map((name) => userError('REQUIRED', 'Give a value or leave it out.', name)));
  for (const name of SWITCHES) {
    const value = input[name];
    if (typeof value === 'boolean') changes[name] = value;
  }
  for (const name of AUDIENCE_SETTINGS) {
    const value = input[name];
    if (value) changes[name] = audienceFromGraph(value);
  }
  if (input.profileVisibility) changes.profileVisibility = visibilityFromGraph(input.profileVisibility);
  return done(changes);
}
