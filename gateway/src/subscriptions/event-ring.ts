import type { SharedJoin } from '../execution/prepared-operation.ts';
import type { EventPayload } from './subscription-engine.ts';

/** One event of a topic, joined as far as all see it alike. */
export interface TopicEntry {
  /** See `LiveNotice.position`. */
  readonly position: number;
  /** Told in passing: it has the position of the lasting event before it. */
  readonly isPassing: boolean;
  /** The cursor that goes on behind it. */
  readonly cursor: string | undefined;
  /** Finished for everybody, or to be finished for each. */
  readonly result: { readonly payload: EventPayload } | { readonly shared: SharedJoin };
}

/** Options of {@link createEventRing}. */
export interface EventRingOptions {
  /** Everything behind this position will be put in. */
  readonly floor: number;
  readonly maxEvents: number;
  readonly maxBytes: number;
}

/** The last events of a topic. */
export interface EventRing {
  push(entry: TopicEntry): void;
  /** All events behind a position; undefined when some of them are no longer here. */
  after(position: number): readonly TopicEntry[] | undefined;
}

const sizeOf = ({ result }: TopicEntry): number => ('payload' in result ? result.payload.length : 0);

/** Makes a ring, bounded in events and in bytes of payloads. */
export function createEventRing({ floor, maxEvents, maxBytes }: EventRingOptions): EventRing {
  const entries: TopicEntry[] = [];
  let oldest = floor;
  let bytes = 0;
  return {
    push(entry) {
      entries.push(entry);
      bytes += sizeOf(entry);
      while (entries.length > maxEvents || bytes > maxBytes) {
        const dropped = entries.shift();
        if (!dropped) return;
        bytes -= sizeOf(dropped);
        oldest = dropped.position;
      }
    },
    after(position) {
      if (position < oldest) return undefined;
      const first = entries.findIndex((entry) => entry.position > position);
      return first === -1 ? [] : entries.slice(first);
    },
  };
}
