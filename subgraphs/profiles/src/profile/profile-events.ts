import type { NewEvent } from '@postbook/events';
import { currentRequestTrace } from '@postbook/service-kit';
import type { Person } from './person.ts';

/** What others show of a person changed, or is there for the first time. */
export const profileUpdated = (person: Person): NewEvent<'UserProfileUpdated'> => ({
  type: 'UserProfileUpdated',
  aggregateId: person.userId,
  version: person.version,
  payload: {
    userId: person.userId,
    username: person.username,
    displayName: person.displayName,
    avatarUrl: person.avatarUrl,
    avatarMediaId: person.avatarMediaId,
    coverMediaId: person.coverMediaId,
    ...(person.firstName === null ? {} : { firstName: person.firstName }),
    ...(person.lastName === null ? {} : { lastName: person.lastName }),
  },
  traceparent: currentRequestTrace()?.traceparent,
});

/** Settings that other services enforce changed: all of them, as they are now. */
export const privacyChanged = ({ userId, version, privacy }: Person): NewEvent<'PrivacyChanged'> => ({
  type: 'PrivacyChanged',
  aggregateId: userId,
  version,
  payload: {
    userId,
    profileVisibility: privacy.profileVisibility,
    allowMessages: privacy.allowMessages,
    allowTagging: privacy.allowTagging,
    allowMentions: privacy.allowMentions,
    showOnlineStatus: privacy.showOnlineStatus,
    showLastSeen: privacy.showLastSeen,
  },
  traceparent: currentRequestTrace()?.traceparent,
});
