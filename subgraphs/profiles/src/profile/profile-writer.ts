import { createEvent } from '@postbook/events';
import { type MongoTransaction, NotFoundError, type Outbox, type Transactor } from '@postbook/service-kit';
import type { ActivityRepository } from '../activity/activity-repository.ts';
import type { Person } from './person.ts';
import { profileUpdated } from './profile-events.ts';
import type { ViewerScope } from './profile-loaders.ts';
import type { ProfileChanges, ProfileRepository } from './profile-repository.ts';

/** What {@link createProfileWriter} works with. */
export interface ProfileWriterParts {
  readonly transactor: Transactor<MongoTransaction>;
  readonly profiles: ProfileRepository;
  readonly activities: ActivityRepository;
  readonly outbox: Outbox<MongoTransaction>;
  /** Called when an event may wait. */
  onEvent(): void;
}

/** Changes pages with all that follows from it. */
export interface ProfileWriter {
  /** Changes the viewer's page, tells other services what they show of it, and leaves a trace. @throws NotFoundError */
  save(viewerId: string, changes: ProfileChanges): Promise<Person>;
}

/** What other services show or keep of a person. */
const SHOWN_ELSEWHERE: readonly (keyof ProfileChanges)[] = [
  'displayName',
  'firstName',
  'lastName',
  'avatarUrl',
  'avatarMediaId',
  'coverMediaId',
];

/** The viewer has no page. */
export const noProfile = () =>
  new NotFoundError('You have no profile: the account was erased, or is too new; try again shortly.');

/** The viewer's own page. Makes it when the account is too new to have one. @throws NotFoundError */
export async function ownPerson(scope: ViewerScope, viewerId: string): Promise<Person> {
  const person = await scope.people.load(viewerId);
  if (!person) throw noProfile();
  return person;
}

/** The writer of pages. */
export function createProfileWriter(parts: ProfileWriterParts): ProfileWriter {
  const { activities, outbox, profiles, transactor, onEvent } = parts;
  return {
    save: (viewerId, changes) =>
      transactor.run(async (tx) => {
        const person = await profiles.update(tx, viewerId, changes);
        if (!person) throw noProfile();
        if (SHOWN_ELSEWHERE.some((field) => field in changes)) {
          await outbox.append(tx, [createEvent(profileUpdated(person))]);
        }
        const metadata = { fields: Object.keys(changes) };
        await activities.record(tx, [{ userId: viewerId, activityType: 'ProfileUpdated', metadata, isPublic: false }]);
        tx.afterCommit(onEvent);
        return person;
      }),
  };
}
