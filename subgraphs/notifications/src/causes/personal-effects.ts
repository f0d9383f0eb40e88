import type { EventEnvelope } from '@postbook/events';
import type { Cause, Effect, PersonalEffects } from './cause.ts';

type Moment = Pick<EventEnvelope, 'version' | 'occurredAt'>;

/** What all causes of an event share. */
export const causeBase = ({ version, occurredAt }: Moment) => ({ version, at: new Date(occurredAt), context: {} });

/** Tells a person. Nobody is told of what they did themselves. */
export const tell = (userId: string, cause: Cause): PersonalEffects[] =>
  cause.actorId === userId ? [] : [{ userId, effects: [{ kind: 'Tell', cause }] }];

/** The effect that takes a thing back. */
export const takeBackOf = ({ version, occurredAt }: Moment, key: string, actorId: string | null): Effect => ({
  kind: 'TakeBack',
  key,
  actorId,
  version,
  at: new Date(occurredAt),
});

/** Takes a thing back from a person. */
export const takeBack = (event: Moment, userId: string, key: string, actorId: string | null): PersonalEffects[] => [
  { userId, effects: [takeBackOf(event, key, actorId)] },
];
