import type { PrivacySettings } from '@postbook/db/profiles';
import { createEvent } from '@postbook/events';
import {
  done,
  type MongoTransaction,
  type Outbox,
  type Outcome,
  refused,
  type Transactor,
} from '@postbook/service-kit';
import type { UpdatePrivacySettingsInput, UpdateProfileInput } from '../generated/resolver-types.ts';
import type { Person } from './person.ts';
import { checkPrivacyInput } from './privacy-input.ts';
import { privacyChanged } from './profile-events.ts';
import { checkProfileInput } from './profile-input.ts';
import { forget, relationOf, type ViewerScope } from './profile-loaders.ts';
import { mayFind } from './profile-policy.ts';
import type { ProfileRepository } from './profile-repository.ts';
import { noProfile, ownPerson, type ProfileWriter } from './profile-writer.ts';

/** What {@link createProfileService} works with. */
export interface ProfileServiceParts {
  readonly transactor: Transactor<MongoTransaction>;
  readonly profiles: ProfileRepository;
  readonly writer: ProfileWriter;
  readonly outbox: Outbox<MongoTransaction>;
  /** Called when an event may wait. */
  onEvent(): void;
}

/** Pages: finding and changing them. */
export interface ProfileService {
  /** The person with the username, in any case; null when there is none or one of the two blocked the other. */
  byUsername(scope: ViewerScope, username: string): Promise<Person | null>;
  /** Changes the viewer's page. */
  update(scope: ViewerScope, viewerId: string, input: UpdateProfileInput): Promise<Outcome<Person>>;
  /** Changes the viewer's privacy settings. */
  updatePrivacy(
    scope: ViewerScope,
    viewerId: string,
    input: UpdatePrivacySettingsInput,
  ): Promise<Outcome<Readonly<PrivacySettings>>>;
}

/** Settings that other services enforce. */
const ENFORCED_ELSEWHERE: readonly (keyof PrivacySettings)[] = [
  'profileVisibility',
  'allowMessages',
  'allowTagging',
  'allowMentions',
  'showOnlineStatus',
  'showLastSeen',
];

/** The service of pages. */
export function createProfileService(parts: ProfileServiceParts): ProfileService {
  const { outbox, profiles, transactor, writer } = parts;

  const savePrivacy = (viewerId: string, changes: Partial<PrivacySettings>) =>
    transactor.run(async (tx) => {
      const person = await profiles.updatePrivacy(tx, viewerId, changes);
      if (!person) throw noProfile();
      if (ENFORCED_ELSEWHERE.some((setting) => setting in changes)) {
        await outbox.append(tx, [createEvent(privacyChanged(person))]);
      }
      tx.afterCommit(parts.onEvent);
      return person;
    });

  return {
    async byUsername(scope, username) {
      const person = await profiles.findByUsername(username);
      if (!person || !mayFind(await relationOf(scope, person.userId))) return null;
      scope.people.prime(person.userId, person);
      return person;
    },

    async update(scope, viewerId, input) {
      const checked = checkProfileInput(input);
      if (checked.value === null) return refused(...checked.errors);
      const person = await ownPerson(scope, viewerId);
      if (Object.keys(checked.value).length === 0) return done(person);
      const saved = await writer.save(viewerId, checked.value);
      forget(scope, viewerId);
      return done(saved);
    },

    async updatePrivacy(scope, viewerId, input) {
      const checked = checkPrivacyInput(input);
      if (checked.value === null) return refused(...checked.errors);
      const person = await ownPerson(scope, viewerId);
      if (Object.keys(checked.value).length === 0) return done(person.privacy);
      const saved = await savePrivacy(viewerId, checked.value);
      forget(scope, viewerId);
      return done(saved.privacy);
    },
  };
}
