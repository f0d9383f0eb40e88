import { LRUCache } from 'lru-cache';
import type { GatewayContext } from '../../context.ts';
import { personOf } from '../call-identity.ts';

/** Who changed something a moment ago, so that they are shown it before the event about it has come around. */
export interface OwnChanges {
  /** Makes a change. */
  during<T>(context: GatewayContext, change: () => Promise<T>): Promise<T>;
  /** Whether the person's last change is too recent for the cache to know it. */
  isRecent(context: GatewayContext): boolean;
}

/** Milliseconds that an event takes at the most, generously counted. */
const SETTLED_MS = 5_000;
/** People remembered; of more than that, some may see for a moment what was before their change. */
const MOST_PEOPLE = 100_000;

/** Remembers changes made through this process. */
export function createOwnChanges(): OwnChanges {
  const people = new LRUCache<string, true>({ max: MOST_PEOPLE, ttl: SETTLED_MS });
  return {
    async during(context, change) {
      const person = personOf(context);
      people.set(person, true);
      try {
        return await change();
      } finally {
        people.set(person, true);
      }
    },
    isRecent: (context) => people.has(personOf(context)),
  };
}
