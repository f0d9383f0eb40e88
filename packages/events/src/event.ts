import {
  type AnyEvent,
  type EventOf,
  type EventPayload,
  type EventType,
  eventCatalogue,
  isEventType,
} from './catalogue.ts';
import { envelopeSchema } from './envelope.ts';
import { InvalidEventError } from './invalid-event-error.ts';
import { uuidv7 } from './uuid-v7.ts';

/** What the publisher says about a new event; the rest of the envelope is filled in. */
export type NewEvent<T extends EventType> = {
  type: T;
  /** Which aggregate changed; see the domain's file for its kind of id. */
  aggregateId: string;
  /** The aggregate's version after the change. */
  version: number;
  payload: EventPayload<T>;
  /** Defaults to now. */
  occurredAt?: Date;
  /** W3C trace context of the request being served. */
  traceparent?: string | undefined;
};

/**
 * Makes an event to append to the outbox in the transaction of the change.
 * @throws InvalidEventError when the payload does not fit its schema: a mistake of the publisher, found before commit.
 */
export const createEvent = <T extends EventType>(event: NewEvent<T>): EventOf<T> => {
  const definition = eventCatalogue[event.type];
  return parseEvent({
    eventId: uuidv7(),
    type: event.type,
    schemaVersion: definition.schemaVersion,
    aggregateType: definition.aggregateType,
    aggregateId: event.aggregateId,
    version: event.version,
    occurredAt: (event.occurredAt ?? new Date()).toISOString(),
    ...(event.traceparent === undefined ? {} : { traceparent: event.traceparent }),
    payload: event.payload,
  }) as EventOf<T>;
};

/**
 * Checks an event that came from the bus or the outbox. Unknown members of the payload are dropped, so a publisher may
 * add some without harm; a higher `schemaVersion` than this build knows is refused, since it announces a breaking change.
 * @throws InvalidEventError when it is not an event of the catalogue.
 */
export const parseEvent = (value: unknown): AnyEvent => {
  const envelope = envelopeSchema.safeParse(value);
  if (!envelope.success) throw new InvalidEventError('not an event envelope', { cause: envelope.error });
  const { type, schemaVersion, traceparent, ...rest } = envelope.data;
  if (!isEventType(type)) throw new InvalidEventError(`unknown event type ${JSON.stringify(type)}`);
  const definition = eventCatalogue[type];
  if (schemaVersion > definition.schemaVersion) {
    throw new InvalidEventError(
      `${type} has schema version ${schemaVersion}; ${definition.schemaVersion} is known here`,
    );
  }
  const payload = definition.payload.safeParse(rest.payload);
  if (!payload.success) throw new InvalidEventError(`${type} has an invalid payload`, { cause: payload.error });
  return {
    ...rest,
    type,
    schemaVersion,
    ...(traceparent === undefined ? {} : { traceparent }),
    payload: payload.data,
  } as AnyEvent;
};

/** Whether the event is of one of the types; narrows its payload. */
export const isEventOf = <T extends EventType>(
  event: AnyEvent,
  ...types: readonly T[]
): event is AnyEvent & EventOf<T> => (types as readonly EventType[]).includes(event.type);
