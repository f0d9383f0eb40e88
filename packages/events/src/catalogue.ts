import type { z } from 'zod';
import { authEvents } from './auth-events.ts';
import { chatEvents } from './chat-events.ts';
import type { EventDomain, EventEnvelope } from './envelope.ts';
import { lifecycleEvents } from './lifecycle-events.ts';
import { mediaEvents } from './media-events.ts';
import { postEvents } from './post-events.ts';
import { profileEvents } from './profile-events.ts';

/** Every event type with its owner and payload schema. */
export const eventCatalogue = {
  ...authEvents,
  ...profileEvents,
  ...postEvents,
  ...chatEvents,
  ...mediaEvents,
  ...lifecycleEvents,
} as const;

/** The name of an event type. */
export type EventType = keyof typeof eventCatalogue;

/** What an event of type `T` carries. */
export type EventPayload<T extends EventType> = z.infer<(typeof eventCatalogue)[T]['payload']>;

/** An event of type `T`; for a union of types, the union of their events, told apart by `type`. */
export type EventOf<T extends EventType> = T extends EventType
  ? EventEnvelope & { type: T; payload: EventPayload<T> }
  : never;

/** An event of any type. */
export type AnyEvent = EventOf<EventType>;

/** All type names, in the order of the catalogue. */
export const EVENT_TYPES = Object.keys(eventCatalogue) as readonly EventType[];

/** Whether the text names an event type that this build knows. A newer publisher may send others. */
export const isEventType = (type: string): type is EventType => Object.hasOwn(eventCatalogue, type);

/** The domain that publishes the type, which is also the channel that carries it. */
export const ownerOf = (type: EventType): EventDomain => eventCatalogue[type].domain;
