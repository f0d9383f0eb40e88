import { type AnyEvent, createEvent, uuidv7 } from '@postbook/events';

/** The event that a user took the name `v<version>`. */
export const renamed = (userId: string, version = 1) =>
  createEvent({ type: 'UsernameChanged', aggregateId: userId, version, payload: { userId, username: `v${version}` } });

/** Events of as many users. */
export const several = (count: number): AnyEvent[] => Array.from({ length: count }, () => renamed(uuidv7()));

/** Ids in the given order. */
export const idsOf = (events: readonly AnyEvent[]): string[] => events.map((event) => event.eventId);
