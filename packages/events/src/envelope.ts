import { z } from 'zod';

/** A domain that publishes events. Its events travel in one ordered channel of the bus. */
export type EventDomain = 'auth' | 'profiles' | 'posts' | 'chats' | 'media' | 'lifecycle';

/** Every domain that publishes events, in the order used for listing. */
export const EVENT_DOMAINS: readonly EventDomain[] = ['auth', 'profiles', 'posts', 'chats', 'media', 'lifecycle'];

/** What surrounds every payload. */
export const envelopeSchema = z.object({
  /** UUID version 7; consumers remember it to apply an event once. */
  eventId: z.uuid(),
  /** The name in the catalogue. */
  type: z.string().min(1),
  /** The version of the payload's shape; grows only when a change would break a consumer. */
  schemaVersion: z.int().positive(),
  /** What kind of thing changed, such as `User` or `Relationship`. */
  aggregateType: z.string().min(1),
  /** Which one changed. Events of one aggregate are published in order. */
  aggregateId: z.string().min(1).max(256),
  /** Grows by at least one with every event of the aggregate; consumers apply only newer versions. */
  version: z.int().nonnegative(),
  /** RFC 3339, UTC: when the change was made. */
  occurredAt: z.iso.datetime({ offset: true }),
  /** W3C trace context of the request that made the change. */
  traceparent: z.string().optional(),
  /** What the type's schema describes. */
  payload: z.unknown(),
});

/** The envelope without its type-specific parts. */
export type EventEnvelope = Omit<z.infer<typeof envelopeSchema>, 'type' | 'payload' | 'traceparent'> & {
  traceparent?: string;
};

/** How one event type is published. */
export type EventDefinition<Payload extends z.ZodType = z.ZodType> = {
  readonly domain: EventDomain;
  readonly aggregateType: string;
  readonly schemaVersion: number;
  readonly payload: Payload;
};

/** Declares one event type. `schemaVersion` is 1 unless a breaking change has been made. */
export const defineEvent = <Payload extends z.ZodType>(
  domain: EventDomain,
  aggregateType: string,
  payload: Payload,
  schemaVersion = 1,
): EventDefinition<Payload> => ({ domain, aggregateType, schemaVersion, payload });
