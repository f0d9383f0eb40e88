import type { EventDomain } from '@postbook/events';
import type { KeySpace } from '../redis/key-space.ts';

/** The keys of one domain's events. They share a tag, so that scripts may use them together on a cluster. */
export interface StreamKeys {
  readonly stream: string;
  /** What the group gave up of this domain. */
  deadLetters(group: string): string;
}

/** Keys of a domain. */
export const streamKeys = (keys: KeySpace, domain: EventDomain): StreamKeys => ({
  stream: keys.tagged(`events:${domain}`),
  deadLetters: (group) => keys.tagged(`events:${domain}`, 'dead', group),
});

/** Holds the random id that is lost with everything else when Redis is flushed. */
export const epochKey = (keys: KeySpace): string => keys.key('events', 'epoch');
