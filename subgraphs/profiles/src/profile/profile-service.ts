import type { PrivacySettings } from '@postbook/db/profiles';
import { createEvent } from '@postbook/events';
import {
  done,
  type MongoTransaction,
  NotFoundError,
  type Outbox,
  type Outcome,
  refused,
  type Transactor,
} from '@postbook/service-kit';
import type { ActivityRepository } from '../activity/activity-repository.ts';
import type { UpdatePrivacySettingsInput, UpdateProfileInput } from '../generated/resolver-types.ts';
import type { Person } from './person.ts';
import { checkPrivacyInput } from './privacy-input.ts';
import { privacyChanged, profileUpdated } from './profile-events.ts';
import { checkProfileInput } from './profile-input.ts';
import { forget, relationOf, type ViewerScope } from './profile-loaders.ts';
import { mayFind } from './profile-policy.ts';
import type { ProfileChanges, ProfileRepository } from './profile-repository.ts';

/** What {@link createProfileService} works with. */
export interface ProfileServiceParts {
  readonly transactor: Transactor<MongoTransaction>;
  readonly profiles: ProfileRepository;
  readonly activities: ActivityRepository;
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

/** What other services show or keep of a person. */
const SHOWN_ELSEWHERE: readonly (keyof ProfileChanges)[] = ['displayName', 'firstName', 'lastName'];
/** Settings that other services enforce. */
const ENFORCED_ELSEWHERE: readonly (keyof PrivacySettings)[] = [
  'profileVisibility',
  'allowMessages',
  'allowTagging',
  'allowMentions',
  'showOnlineStatus',
  'showLastSeen',
];

const gone = () => new NotFoundError('You have no profile: the account was erased, or is too new; try again shortly.');

/** The service of pages. */
export function createProfileService(parts: ProfileServiceParts): ProfileService {
  const { activities, outbox, profiles, transactor } = parts;

  /** The viewer's own page. Makes it when the account is too new to have one. */
  async function own(scope: ViewerScope, viewerId: string): Promise<Person> {
    const person = await scope.people.load(viewerId);
    if (!person) throw gone();
    return person;
  }

  const save = (viewerId: string, changes: ProfileChanges) =>
    transactor.run(async (tx) => {
      const person = await profiles.update(tx, viewerId, changes);
      if (!person) throw gone();
      if (SHOWN_ELSEWHERE.some((field) => field in changes)) {
        await outbox.append(tx, [createEvent(profileUpdated(person))]);
      }
      const metadata = { fields: Object.keys(changes) };
      await activities.record(tx, [{ userId: viewerId, activityType: 'ProfileUpdated', metadata, isPublic: false }]);
      tx.afterCommit(parts.onEvent);
      return person;
    });

  const savePrivacy = (viewerId: string, changes: Partial<PrivacySettings>) =>
    transactor.run(async (tx) => {
      const person = await profiles.updatePrivacy(tx, viewerId, changes);
      if (!person) throw gone();
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
      const person = await own(scope, viewerId);
      if (Object.keys(checked.value).length === 0) return done(person);
      const saved = await save(viewerId, checked.value);
      forget(scope, viewerId);
      return done(saved);
    },

    async updatePrivacy(scope, viewerId, input) {
      const checked = checkPrivacyInput(input);
      if (checked.value === null) return refused(...checked.errors);
      const person = await own(scope, viewerId);
      if (Object.keys(checked.value).length === 0) return done(person.privacy);
      const saved = await savePrivacy(viewerId, checked.value);
      forget(scope, viewerId);
      return done(saved.privacy);
    },
  };
}
